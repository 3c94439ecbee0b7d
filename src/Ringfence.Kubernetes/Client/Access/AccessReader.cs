using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Ringfence.Kubernetes.Client.Access;

/// <summary>Reads what a kubeconfig says of a cluster and a user.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="user">The user; null for nobody.</param>
internal sealed class AccessReader(KubeconfigEntry cluster, KubeconfigEntry? user)
{
    /// <summary>Reads it, files that it names included.</summary>
    /// <exception cref="ClusterException">Something of it is wrong.</exception>
    public ClusterAccess Read()
    {
        var isUnverified = cluster.Value.Flag("insecure-skip-tls-verify") == true;
        var authority = Pem(cluster, "certificate-authority");
        if (isUnverified && authority is not null)
            throw new ClusterException($"{cluster.Place("insecure-skip-tls-verify")}: a cluster has either an authority's certificate or insecure-skip-tls-verify, not both");
        var server = Server();

        // As kubectl has it, credentials are sent to a server that is known by its certificate, and to no other.
        var (identity, credential) = (Identity(), Credential());
        return new ClusterAccess
        {
            Server = server,
            IsUnverified = isUnverified,
            Authorities = authority is { } pem ? Authorities(pem.Text, pem.Place) : null,
            TlsServerName = cluster.Text("tls-server-name"),
            Proxy = Proxy(),
            IsUncompressed = cluster.Value.Flag("disable-compression") == true,
            Identity = server.Scheme == "https" ? identity : null,
            Credential = server.Scheme == "https" ? credential : NoCredential.Instance,
            Impersonation = Impersonation(),
        };
    }

    private Uri Server()
    {
        if (cluster.Text("server") is not { } text) throw new ClusterException($"{cluster.Place()}: the cluster {cluster.Name} has no server");

        // As kubectl has it: a server without a scheme is one of plain HTTP.
        var full = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(full.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
            ? uri
            : throw new ClusterException($"{cluster.Place("server")}: \"{text}\" is no server's address, such as https://192.0.2.1:6443");
    }

    private Uri? Proxy()
    {
        if (cluster.Text("proxy-url") is not { } text) return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "socks5"
            ? uri
            : throw new ClusterException($"{cluster.Place("proxy-url")}: a proxy is http://, https:// or socks5://HOST:PORT");
    }

    private static X509Certificate2Collection Authorities(string pem, string place)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException problem)
        {
            throw new ClusterException($"{place}: is no certificate in PEM form", problem);
        }

        return authorities.Count > 0 ? authorities : throw new ClusterException($"{place}: has no certificate in PEM form");
    }

    private ClientIdentity? Identity()
    {
        if (user is null) return null;
        var (certificate, key) = (Pem(user, "client-certificate"), Pem(user, "client-key"));
        if (certificate is null && key is null) return null;
        if (certificate is null || key is null)
            throw new ClusterException($"{user.Place()}: the user {user.Name} has a client {(key is null ? "certificate and no key" : "key and no certificate")}: both are needed");
        try
        {
            return ClientIdentity.Read(certificate.Value.Text, key.Value.Text);
        }
        catch (CryptographicException problem)
        {
            throw new ClusterException($"{certificate.Value.Place}: the client certificate cannot be used: {problem.Message}", problem);
        }
    }

    private ICredential Credential()
    {
        if (user is null) return NoCredential.Instance;
        if (user.Value["auth-provider"] is { } provider)
        {
            var name = user.Value.Object("auth-provider", null).Text("name");
            throw new ClusterException(
                $"{provider.In(user.File.Path)}: the auth-provider {name} is no longer supported, by kubectl neither",
                "Use an exec plugin in its place: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins");
        }

        if (user.Text("token") is not null && (user.Text("username") ?? user.Text("password")) is not null)
            throw new ClusterException($"{user.Place("token")}: the user {user.Name} has a token and a password: only one of them can be sent");
        if (user.FilePath("tokenFile") is { } path) return new TokenFileCredential(path, user.Text("token"), TimeProvider.System);
        if (user.Text("token") is { } token) return FixedCredential.Token(Header(token, "token"));
        if (user.Text("username") is { } name1) return FixedCredential.Password(name1, user.Value.Text("password") ?? "");
        return user.Value["exec"] is null ? NoCredential.Instance : new ExecCredential(ExecPlugin.Read(user, cluster), TimeProvider.System);
    }

    // A token goes into a header as it is.
    private string Header(string token, string field) =>
        token.Trim() is var text && text.All(character => character is > ' ' and <= '~') ? text : throw new ClusterException($"{user!.Place(field)}: is no token");

    private Impersonation? Impersonation()
    {
        if (user is null) return null;
        var (name, uid) = (user.Text("as"), user.Text("as-uid"));
        var groups = user.Value.Texts("as-groups") ?? [];
        var extra = user.Value.Object("as-user-extra", null).Node?.Entries.SelectMany(entry =>
            (user.Value.Scope.Texts(entry.Value) ?? []).Select(value => KeyValuePair.Create(entry.Key, value))).ToList() ?? [];
        if (name is null && (uid is not null || groups.Count > 0 || extra.Count > 0))
            throw new ClusterException($"{user.Place()}: as-uid, as-groups and as-user-extra need a user to act as (as: NAME)");

        // They go into headers as they are.
        if (((string?[])[name, uid, .. groups, .. extra.Select(pair => pair.Value)]).Any(text => text?.Any(char.IsControl) == true))
            throw new ClusterException($"{user.Place()}: whom to act as has a control character in it");
        return name is null ? null : new Impersonation(name, uid, groups, extra);
    }

    // What stands in the kubeconfig itself counts before a file.
    private static (string Text, string Place)? Pem(KubeconfigEntry entry, string field)
    {
        if (entry.Text($"{field}-data") is { } data)
        {
            var place = entry.Place($"{field}-data").ToString();
            try
            {
                return (Encoding.ASCII.GetString(Convert.FromBase64String(data)), place);
            }
            catch (FormatException problem)
            {
                throw new ClusterException($"{place}: {field}-data is not base64", problem);
            }
        }

        if (entry.FilePath(field) is not { } path) return null;
        try
        {
            return (File.ReadAllText(path), path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ClusterException($"{entry.Place(field)}: {field} {path} cannot be read: {KubeconfigFile.Reason(problem)}", problem);
        }
    }
}
