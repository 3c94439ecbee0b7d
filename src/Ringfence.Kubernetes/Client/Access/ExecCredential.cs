using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Ringfence.Kubernetes.Client.Access;

/// <summary>Says what a program gives: a token, a client's certificate or both. They are kept until they expire or the server does not take them.</summary>
internal sealed class ExecCredential(ExecPlugin plugin, TimeProvider time) : ICredential, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private Given? _given;

    private sealed record Given(AuthenticationHeaderValue? Header, ClientIdentity? Identity, DateTimeOffset? Expires);

    /// <inheritdoc/>
    public ClientIdentity? Identity => _given?.Identity;

    /// <inheritdoc/>
    public async ValueTask<AuthenticationHeaderValue?> HeaderAsync(CancellationToken cancellation)
    {
        if (Current() is { } known) return known.Header;
        await _turn.WaitAsync(cancellation);
        try
        {
            if (Current() is { } meanwhile) return meanwhile.Header;
            var given = Read(await plugin.RunAsync(cancellation));
            _given = given;
            return given.Header;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public bool Renew(AuthenticationHeaderValue? refused)
    {
        if (_given is { } given && Equals(given.Header, refused)) _given = null;
        return true;
    }

    public void Dispose() => _turn.Dispose();

    private Given? Current() => _given is { } given && (given.Expires is not { } end || time.GetUtcNow() < end) ? given : null;

    private Given Read(byte[] output)
    {
        try
        {
            using var document = JsonDocument.Parse(output);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw Wrong("no object");
            if (Text(root, "kind") != "ExecCredential" || Text(root, "apiVersion") != plugin.ApiVersion)
                throw Wrong($"{Text(root, "apiVersion")} {Text(root, "kind")} in place of {plugin.ApiVersion} ExecCredential");
            if (!root.TryGetProperty("status", out var status) || status.ValueKind != JsonValueKind.Object) throw Wrong("no status");
            var (token, certificate, key) = (Text(status, "token"), Text(status, "clientCertificateData"), Text(status, "clientKeyData"));
            if (string.IsNullOrEmpty(token) && string.IsNullOrEmpty(certificate)) throw Wrong("neither a token nor a client certificate");
            if (string.IsNullOrEmpty(certificate) != string.IsNullOrEmpty(key)) throw Wrong("only one of a client certificate and its key");
            DateTimeOffset? expires = Text(status, "expirationTimestamp") is { Length: > 0 } end
                ? DateTimeOffset.TryParse(end, null, System.Globalization.DateTimeStyles.AssumeUniversal, out var moment) ? moment : throw Wrong("an expirationTimestamp that is no time")
                : null;
            return new Given(
                string.IsNullOrEmpty(token) ? null : new AuthenticationHeaderValue("Bearer", token.Trim()),
                string.IsNullOrEmpty(certificate) ? null : ClientIdentity.Read(certificate, key!), expires);
        }
        catch (Exception problem) when (problem is JsonException or CryptographicException or FormatException)
        {
            // The message of a parser may show what the plugin printed: a secret.
            throw Wrong(problem is CryptographicException ? $"a client certificate that cannot be used: {problem.Message}" : "no JSON, or a token that is none");
        }
    }

    private ClusterException Wrong(string what) => new($"the credential plugin {plugin.Command} printed {what}", "Run it by hand to see what it does.");

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
