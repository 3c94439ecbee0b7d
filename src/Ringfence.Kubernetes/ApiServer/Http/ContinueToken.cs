using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Where the next page of a list begins.</summary>
/// <param name="Version">The version of the first page, which all pages are of.</param>
/// <param name="Namespace">The namespace of the last object that was given out.</param>
/// <param name="Name">Its name.</param>
internal sealed record ContinueToken(long Version, string Namespace, string Name)
{
    /// <summary>Reads a token.</summary>
    /// <exception cref="ApiException">It is none of ours.</exception>
    public static ContinueToken Parse(string text)
    {
        try
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('\n');
            if (parts.Length == 3 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version)) return new ContinueToken(version, parts[1], parts[2]);
        }
        catch (FormatException)
        {
            // Told below.
        }

        throw Refusal.BadRequest("continue key is not valid: it is none that this server gave out");
    }

    /// <summary>The token as clients get it: nothing that they should look into.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Version}\n{Namespace}\n{Name}")));
}
