using Ringfence.Analysis.Endpoints;

namespace Ringfence.Cli.Input;

/// <summary>The kinds of objects that a lab holds, and kubectl's names for them.</summary>
/// <remarks>https://kubernetes.io/docs/reference/kubectl/#resource-types</remarks>
internal static class ObjectKinds
{
    private static readonly (string Kind, string Plural, string Short)[] Others =
    [
        ("Namespace", "namespaces", "ns"), ("NetworkPolicy", "networkpolicies", "netpol"), ("Ingress", "ingresses", "ing"),
        ("EndpointSlice", "endpointslices", "endpointslice"), ("Node", "nodes", "no"),
    ];

    /// <summary>For messages.</summary>
    public const string Names = "ns, netpol, pod, deploy, sts, ds, rs, rc, job, cronjob, svc, endpointslice, ing, node";

    /// <summary>The kind for any of its names, whatever the case; null for another word.</summary>
    public static string? Expand(string word)
    {
        foreach (var (kind, plural, shortName) in Others)
            if (new[] { kind, plural, shortName }.Contains(word, StringComparer.OrdinalIgnoreCase)) return kind;
        var expanded = Kinds.Expand(word);
        return Kinds.Shorten(expanded) == expanded ? null : expanded;
    }

    /// <summary>Whether objects of the kind are in no namespace.</summary>
    public static bool IsClusterScoped(string kind) => kind is "Namespace" or "Node";
}
