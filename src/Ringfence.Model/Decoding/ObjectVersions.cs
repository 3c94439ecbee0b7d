using System.Collections.Frozen;

namespace Ringfence.Model.Decoding;

/// <summary>What is to be done with an object of some apiVersion and kind.</summary>
internal enum Treatment
{
    /// <summary>It says nothing about reach.</summary>
    Skip,

    /// <summary>It is read.</summary>
    Read,

    /// <summary>It is of a version that API servers no longer serve, in a shape that can still be read.</summary>
    ReadOld,

    /// <summary>It is of a version that is not served, in a shape that cannot be read.</summary>
    Refuse,

    /// <summary>It is a policy that can change every answer and is not evaluated.</summary>
    Warn,
}

/// <summary>The kinds that are read, and in which versions of the API.</summary>
/// <remarks>https://kubernetes.io/docs/reference/using-api/deprecation-guide/</remarks>
internal static class ObjectVersions
{
    private static readonly FrozenDictionary<string, (string Current, string[] Old, bool SameShape)> Kinds =
        new Dictionary<string, (string, string[], bool)>(StringComparer.Ordinal)
        {
            ["Namespace"] = ("v1", [], true),
            ["Node"] = ("v1", [], true),
            ["Pod"] = ("v1", [], true),
            ["Service"] = ("v1", [], true),
            ["ReplicationController"] = ("v1", [], true),
            ["Deployment"] = ("apps/v1", ["extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"], true),
            ["ReplicaSet"] = ("apps/v1", ["extensions/v1beta1", "apps/v1beta2"], true),
            ["StatefulSet"] = ("apps/v1", ["apps/v1beta1", "apps/v1beta2"], true),
            ["DaemonSet"] = ("apps/v1", ["extensions/v1beta1", "apps/v1beta2"], true),
            ["Job"] = ("batch/v1", ["extensions/v1beta1"], true),
            ["CronJob"] = ("batch/v1", ["batch/v1beta1", "batch/v2alpha1"], true),
            ["EndpointSlice"] = ("discovery.k8s.io/v1", ["discovery.k8s.io/v1beta1", "discovery.k8s.io/v1alpha1"], true),
            ["Ingress"] = ("networking.k8s.io/v1", ["extensions/v1beta1", "networking.k8s.io/v1beta1"], false),
            ["NetworkPolicy"] = ("networking.k8s.io/v1", ["extensions/v1beta1"], false),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static (Treatment Treatment, string? Current) Of(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : apiVersion[..slash];
        if (IsOtherPolicy(group, kind)) return (Treatment.Warn, null);
        if (!Kinds.TryGetValue(kind, out var known)) return (Treatment.Skip, null);
        if (apiVersion == known.Current) return (Treatment.Read, known.Current);
        if (known.Old.Contains(apiVersion)) return (known.SameShape ? Treatment.ReadOld : Treatment.Refuse, known.Current);

        // Other projects have kinds of the same name, such as Service in serving.knative.dev.
        var isBuiltIn = !group.Contains('.', StringComparison.Ordinal) || group.EndsWith(".k8s.io", StringComparison.Ordinal);
        return (isBuiltIn ? Treatment.Refuse : Treatment.Skip, known.Current);
    }

    public static bool IsOld(string apiVersion, string kind) => Kinds.TryGetValue(kind, out var known) && known.Old.Contains(apiVersion);

    /// <summary>Whether objects of this kind have no namespace.</summary>
    public static bool IsClusterScoped(string kind) =>
        kind is "Namespace" or "Node" or "AdminNetworkPolicy" or "BaselineAdminNetworkPolicy" or "CiliumEgressGatewayPolicy"
        || kind.Contains("Cluster", StringComparison.Ordinal) || kind.Contains("Global", StringComparison.Ordinal);

    private static bool IsOtherPolicy(string group, string kind) => group switch
    {
        "policy.networking.k8s.io" => kind is "AdminNetworkPolicy" or "BaselineAdminNetworkPolicy" or "ClusterNetworkPolicy",
        "crd.projectcalico.org" or "projectcalico.org" =>
            kind is "NetworkPolicy" or "GlobalNetworkPolicy" or "StagedNetworkPolicy" or "StagedGlobalNetworkPolicy" or "StagedKubernetesNetworkPolicy",
        "cilium.io" => kind is "CiliumNetworkPolicy" or "CiliumClusterwideNetworkPolicy" or "CiliumEgressGatewayPolicy" or "CiliumLocalRedirectPolicy",
        "crd.antrea.io" => kind is "NetworkPolicy" or "ClusterNetworkPolicy",
        _ => false,
    };
}
