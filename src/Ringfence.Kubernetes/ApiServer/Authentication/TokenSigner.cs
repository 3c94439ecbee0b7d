using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.ApiServer.Authentication;

/// <summary>Makes and recognises the server's own tokens: JSON Web Tokens (RFC 7519) that are signed with a key which only the server has.</summary>
internal sealed class TokenSigner
{
    private const int KeyBytes = 32;
    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);
    private readonly byte[] _key;
    private readonly TimeProvider _time;

    private TokenSigner(byte[] key, TimeProvider time) => (_key, _time) = (key, time);

    /// <summary>Uses the key of a file, which is made where it is missing.</summary>
    /// <exception cref="StoreException">The file is no such key.</exception>
    public static TokenSigner Open(string path, TimeProvider time)
    {
        if (!File.Exists(path)) OwnFile.Write(path, Convert.ToHexString(RandomNumberGenerator.GetBytes(KeyBytes)));
        try
        {
            var bytes = Convert.FromHexString(File.ReadAllText(path).Trim());
            if (bytes.Length >= KeyBytes) return new TokenSigner(bytes, time);
        }
        catch (FormatException)
        {
            // Told below.
        }

        throw new StoreException($"{path} is not a key for tokens: delete it, and all tokens that were given out are worth nothing");
    }

    /// <summary>Makes a token that says so.</summary>
    public string Sign(JsonObject claims)
    {
        var signed = $"{Header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>What a token says; null where it is not ours, or has expired.</summary>
    public JsonObject? Verify(string token)
    {
        var end = token.LastIndexOf('.');
        if (end < 0 || !token.StartsWith(Header + ".", StringComparison.Ordinal) || !Ascii.IsValid(token)) return null;
        var signature = Decode(token.AsSpan(end + 1));
        if (signature is null || !CryptographicOperations.FixedTimeEquals(signature, HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(token[..end])))) return null;
        try
        {
            var claims = Decode(token.AsSpan(Header.Length + 1, end - Header.Length - 1)) is { } json ? JsonNode.Parse(json) as JsonObject : null;
            return claims?.Number("exp") is { } expiry && expiry <= _time.GetUtcNow().ToUnixTimeSeconds() ? null : claims;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[]? Decode(ReadOnlySpan<char> text)
    {
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
