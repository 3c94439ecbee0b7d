using System.Security.Cryptography.X509Certificates;

namespace Ringfence.Kubernetes.Client.Access;

/// <summary>How to reach a cluster, and as whom. Holds secrets: never shown as a whole.</summary>
public sealed record ClusterAccess
{
    /// <summary>The server.</summary>
    public required Uri Server { get; init; }

    /// <summary>The context's name, or <c>in-cluster</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>The namespace of names that give none.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Whether the server's certificate is not checked: who sits between can read and change everything.</summary>
    public bool IsUnverified { get; init; }

    /// <summary>The proxy that the kubeconfig names; null where the environment's counts (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>).</summary>
    public Uri? Proxy { get; init; }

    internal string? TlsServerName { get; init; }

    /// <summary>The authorities that are trusted; null for those of the machine.</summary>
    internal X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The client's certificate with its key; null where there is none.</summary>
    internal ClientIdentity? Identity { get; init; }

    internal ICredential Credential { get; init; } = NoCredential.Instance;

    internal Impersonation? Impersonation { get; init; }

    /// <summary>Whether answers are to be sent as they are.</summary>
    internal bool IsUncompressed { get; init; }

    /// <summary>The cluster that this process runs in, as a pod; null where it runs in none.</summary>
    /// <exception cref="ClusterException">It does, and what a pod is given there is not to be had.</exception>
    /// <remarks>https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/</remarks>
    public static ClusterAccess? InCluster() => InClusterAccess.Find("/var/run/secrets/kubernetes.io/serviceaccount", Environment.GetEnvironmentVariable);

    /// <summary>
    /// Finds the cluster that the user means, as kubectl does: that of the kubeconfig, else the one that this process runs in; null where there is neither
    /// and none was named.
    /// </summary>
    /// <param name="kubeconfig">The kubeconfig; null for the usual ones.</param>
    /// <param name="context">The context; null for the current one.</param>
    /// <exception cref="ClusterException">A kubeconfig or a context was named, or is the usual one, and is wrong.</exception>
    public static ClusterAccess? Find(string? kubeconfig = null, string? context = null)
    {
        var config = Kubeconfig.Load(kubeconfig);
        if (kubeconfig is not null || context is not null || config.CurrentContext is not null) return config.Resolve(context);
        return InCluster();
    }

    /// <summary>The name and the server.</summary>
    public override string ToString() => $"{Name} ({Server})";
}

/// <summary>As whom else the user acts.</summary>
/// <remarks>https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation</remarks>
internal sealed record Impersonation(string User, string? Uid, IReadOnlyList<string> Groups, IReadOnlyList<KeyValuePair<string, string>> Extra)
{
    /// <summary>Whether a header has to be sent more than once.</summary>
    public bool HasRepeats => Groups.Count > 1 || Extra.GroupBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase).Any(group => group.Count() > 1);
}
