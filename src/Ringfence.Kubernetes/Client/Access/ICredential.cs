using System.Net.Http.Headers;
using System.Text;

namespace Ringfence.Kubernetes.Client.Access;

/// <summary>Says to the server who asks. Safe for several threads.</summary>
internal interface ICredential
{
    /// <summary>What a request is to say; null where nothing.</summary>
    /// <exception cref="ClusterException">It is not to be had.</exception>
    ValueTask<AuthenticationHeaderValue?> HeaderAsync(CancellationToken cancellation);

    /// <summary>The client's certificate that goes with it; null where there is none.</summary>
    ClientIdentity? Identity => null;

    /// <summary>The server did not take what was said.</summary>
    /// <param name="refused">What was said.</param>
    /// <returns>Whether asking again can say something else.</returns>
    bool Renew(AuthenticationHeaderValue? refused);
}

/// <summary>Says nothing.</summary>
internal sealed class NoCredential : ICredential
{
    public static readonly NoCredential Instance = new();

    public ValueTask<AuthenticationHeaderValue?> HeaderAsync(CancellationToken cancellation) => default;

    public bool Renew(AuthenticationHeaderValue? refused) => false;
}

/// <summary>Says always the same: a token, or a name and a password.</summary>
internal sealed class FixedCredential(AuthenticationHeaderValue header) : ICredential
{
    public static FixedCredential Token(string token) => new(new AuthenticationHeaderValue("Bearer", token));

    public static FixedCredential Password(string user, string password) =>
        new(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))));

    public ValueTask<AuthenticationHeaderValue?> HeaderAsync(CancellationToken cancellation) => new(header);

    public bool Renew(AuthenticationHeaderValue? refused) => false;
}

/// <summary>Says the token that stands in a file, which somebody replaces before it expires.</summary>
/// <param name="path">The file.</param>
/// <param name="fallback">The token to use where the file cannot be read; null for none.</param>
/// <param name="time">The clock.</param>
internal sealed class TokenFileCredential(string path, string? fallback, TimeProvider time) : ICredential
{
    // As often as client-go looks; the kubelet replaces a token when a fifth of its life is left.
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private AuthenticationHeaderValue? _header;
    private DateTimeOffset _read;

    public ValueTask<AuthenticationHeaderValue?> HeaderAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_header is not null && time.GetUtcNow() - _read < Fresh) return new(_header);
            _header = new AuthenticationHeaderValue("Bearer", Read());
            _read = time.GetUtcNow();
            return new(_header);
        }
    }

    public bool Renew(AuthenticationHeaderValue? refused)
    {
        lock (_lock)
        {
            if (!Equals(_header, refused)) return true;
            if (Read() == refused?.Parameter) return false;
            _header = null;
            return true;
        }
    }

    private string Read()
    {
        string why;
        try
        {
            if (File.ReadAllText(path).Trim() is { Length: > 0 } token) return token;
            why = "it is empty";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            why = KubeconfigFile.Reason(problem);
        }

        return _header?.Parameter ?? fallback ?? throw new ClusterException($"the token file {path} cannot be read: {why}");
    }
}
