using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.ApiServer.Authentication;

/// <summary>The tokens of a file, a line each: <c>token,user,uid,"group1,group2"</c>.</summary>
/// <remarks>https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file</remarks>
internal sealed class StaticTokens
{
    // By digest, so that the time that a look-up takes says nothing about the tokens.
    private readonly Dictionary<string, User> _users = [];

    /// <summary>No tokens.</summary>
    public static StaticTokens None { get; } = new();

    /// <summary>Reads a file.</summary>
    /// <exception cref="StoreException">It cannot be read, or a line is wrong; the line is named and not shown.</exception>
    public static StaticTokens Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} cannot be read: {problem.Message}", problem);
        }

        var tokens = new StaticTokens();
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].AsSpan().Trim().IsEmpty) continue;
            var fields = Fields(lines[i]);
            if (fields is null || fields.Count < 3 || fields[0].Length == 0 || fields[1].Length == 0)
                throw new StoreException($"{path}:{i + 1}: not a line of the form token,user,uid,\"group1,group2\" (groups may be left out)");
            ImmutableArray<string> groups = fields.Count > 3 ? [.. fields[3].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)] : [];
            if (!tokens._users.TryAdd(Digest(fields[0]), new User(fields[1], fields[2], groups)))
                throw new StoreException($"{path}:{i + 1}: this token is in an earlier line already");
        }

        return tokens;
    }

    /// <summary>Whose token it is; null where it is nobody's.</summary>
    public User? Find(string token) => _users.GetValueOrDefault(Digest(token));

    private static string Digest(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static List<string>? Fields(string line)
    {
        var (fields, field, isQuoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
            {
                if (isQuoted && i + 1 < line.Length && line[i + 1] == '"') field.Append(line[i++]);
                else isQuoted = !isQuoted;
            }
            else if (line[i] == ',' && !isQuoted)
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
            }
            else
            {
                field.Append(line[i]);
            }
        }

        fields.Add(field.ToString().Trim());
        return isQuoted ? null : fields;
    }
}
