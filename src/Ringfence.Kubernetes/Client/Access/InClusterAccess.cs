using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ringfence.Kubernetes.Client.Access;

/// <summary>What a pod is given to reach its own cluster.</summary>
internal static class InClusterAccess
{
    /// <summary>Reads it; null where this is no pod.</summary>
    /// <param name="folder">Where the token and the authority's certificate are.</param>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <exception cref="ClusterException">It is a pod, and something is missing.</exception>
    public static ClusterAccess? Find(string folder, Func<string, string?> variable)
    {
        if (variable("KUBERNETES_SERVICE_HOST") is not { Length: > 0 } host || variable("KUBERNETES_SERVICE_PORT") is not { Length: > 0 } port) return null;
        var (token, authority, @namespace) = (Path.Combine(folder, "token"), Path.Combine(folder, "ca.crt"), Path.Combine(folder, "namespace"));
        if (!File.Exists(token))
            throw new ClusterException(
                $"this pod has no token for its cluster: {token} is not there",
                "Its service account's token is mounted unless automountServiceAccountToken is false.");
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(authority);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ClusterException($"the authority's certificate {authority} cannot be read: {KubeconfigFile.Reason(problem)}", problem);
        }

        if (!Uri.TryCreate($"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}/", UriKind.Absolute, out var server))
            throw new ClusterException($"KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT name no server: {host}, {port}");
        return new ClusterAccess
        {
            Server = server,
            Name = "in-cluster",
            Namespace = File.Exists(@namespace) && File.ReadAllText(@namespace).Trim() is { Length: > 0 } own ? own : "default",
            Authorities = authorities,
            Credential = new TokenFileCredential(token, null, TimeProvider.System),
        };
    }
}
