using Ringfence.Model;

namespace Ringfence.Analysis.Exposure;

/// <summary>Every pod with some labels in every namespace with some labels, whether or not there is one yet.</summary>
/// <param name="Namespaces">The namespaces; one namespace by the label <c>kubernetes.io/metadata.name</c>, which every namespace has.</param>
/// <param name="Pods">The pods.</param>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-namespace-by-its-name</remarks>
public sealed record HypotheticalPods(LabelSelector Namespaces, LabelSelector Pods)
{
    /// <summary>Every pod there can be.</summary>
    public static readonly HypotheticalPods EntireCluster = new(LabelSelector.Everything, LabelSelector.Everything);

    /// <summary>The only namespace; null where there may be several.</summary>
    public string? Namespace =>
        Namespaces.Requirements is [{ Key: Model.Namespace.NameLabel, Operator: SelectorOperator.In, Values: [var name] }] ? name : null;

    /// <summary><c>entire cluster</c>, <c>pods app=x of namespaces team=y</c>, <c>all pods of namespace z</c>.</summary>
    public string Description
    {
        get
        {
            if (this == EntireCluster) return "entire cluster";
            var pods = Pods.IsEverything ? "all pods" : $"pods {Pods}";
            var namespaces = Namespace is { } name ? $"namespace {name}" : Namespaces.IsEverything ? "all namespaces" : $"namespaces {Namespaces}";
            return $"{pods} of {namespaces}";
        }
    }

    /// <summary>The description in brackets, so that nobody takes it for a name.</summary>
    public override string ToString() => $"[{Description}]";
}
