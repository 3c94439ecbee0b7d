using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Authentication;

/// <summary>Finds out who asks, by token or client certificate, and gives out tokens.</summary>
/// <param name="api">Knows the service accounts.</param>
/// <param name="signer">Makes and recognises the server's own tokens.</param>
/// <param name="staticTokens">The tokens of a file.</param>
/// <param name="certificates">Recognises clients' certificates.</param>
/// <param name="time">Tells the time.</param>
internal sealed class Authenticator(IObjectApi api, TokenSigner signer, StaticTokens staticTokens, ClientCertificates certificates, TimeProvider time)
{
    private const string Issuer = "https://kubernetes.default.svc.cluster.local";
    private const string ServiceAccount = "system:serviceaccount:";
    private static readonly ResourceType ServiceAccounts = ResourceCatalog.OfKind("v1", "ServiceAccount")!;

    /// <summary>Who asks.</summary>
    /// <param name="authorization">The header <c>Authorization</c>; empty where there is none.</param>
    /// <param name="certificate">The client's certificate; null where there is none.</param>
    /// <returns>The user; <see cref="User.Anonymous"/> where nothing is shown; null where what is shown is not good.</returns>
    public User? Find(string authorization, X509Certificate2? certificate)
    {
        if (certificate is not null && certificates.Find(certificate) is { } known) return Authenticated(known);
        const string bearer = "Bearer ";
        if (authorization.StartsWith(bearer, StringComparison.OrdinalIgnoreCase) && authorization[bearer.Length..].Trim() is { Length: > 0 } token)
            return OfToken(token) is { } user ? Authenticated(user) : null;
        return certificate is null && authorization.Length == 0 ? User.Anonymous : null;
    }

    /// <summary>Whose token it is; null where it is nobody's, or no longer.</summary>
    public User? OfToken(string token)
    {
        if (staticTokens.Find(token) is { } user) return user;
        if (signer.Verify(token) is not { } claims) return null;
        var name = claims.Text("sub");
        if (!name.StartsWith(ServiceAccount, StringComparison.Ordinal)) return new User(name, claims.Text("uid"), [.. claims.Texts("groups")]);
        // A token ends with its account, also where another one of the same name comes.
        var parts = name[ServiceAccount.Length..].Split(':');
        var uid = claims.Text("uid");
        return parts.Length == 2 && api.Find(ServiceAccounts, parts[0], parts[1]) is { } account && Meta.Of(account.Parse()).Text("uid") == uid
            ? new User(name, uid, ["system:serviceaccounts", $"system:serviceaccounts:{parts[0]}"])
            : null;
    }

    /// <summary>A token for a user.</summary>
    /// <param name="user">The user's name.</param>
    /// <param name="groups">The user's groups.</param>
    /// <param name="lifetime">How long it is good; null for as long as the data folder.</param>
    public string Issue(string user, IEnumerable<string> groups, TimeSpan? lifetime = null)
    {
        var claims = new JsonObject { ["iss"] = Issuer, ["sub"] = user, ["iat"] = time.GetUtcNow().ToUnixTimeSeconds() };
        claims.SetTexts("groups", [.. groups]);
        if (lifetime is { } limit) claims["exp"] = (time.GetUtcNow() + limit).ToUnixTimeSeconds();
        return signer.Sign(claims);
    }

    /// <summary>A token for a service account.</summary>
    /// <param name="account">The account.</param>
    /// <param name="audiences">Whom it is for.</param>
    /// <param name="expiry">When it ends.</param>
    public string Issue(StoredObject account, IReadOnlyCollection<string> audiences, DateTimeOffset expiry)
    {
        var claims = new JsonObject
        {
            ["iss"] = Issuer,
            ["sub"] = $"{ServiceAccount}{account.Namespace}:{account.Name}",
            ["uid"] = Meta.Of(account.Parse()).Text("uid"),
            ["iat"] = time.GetUtcNow().ToUnixTimeSeconds(),
            ["exp"] = expiry.ToUnixTimeSeconds(),
        };
        claims.SetTexts("aud", audiences.Count > 0 ? audiences : [Issuer]);
        return signer.Sign(claims);
    }

    private static User Authenticated(User user) => user with { Groups = [.. user.Groups.Append(User.Authenticated).Distinct()] };
}
