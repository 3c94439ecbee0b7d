using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Exposure;

/// <summary>A label of a pod, or of its namespace.</summary>
internal readonly record struct ScopeLabel(bool IsNamespaces, string Key, string Value);

/// <summary>The pods that two selectors mean. Equal for those that mean the same pods, however they are written.</summary>
internal sealed record PodScope
{
    // Every namespace has it.
    private static readonly Requirement HasName = new(Namespace.NameLabel, SelectorOperator.Exists, []);

    private static readonly PodScope Everything = new(Demands(LabelSelector.Everything), null, LabelDemands.Of(LabelSelector.Everything));

    private readonly LabelDemands _namespaces;
    private readonly LabelDemands _pods;

    // All labels of the only namespace; null where there may be several, or its labels are not known.
    private readonly LabelSet? _labels;

    private PodScope(LabelDemands namespaces, LabelSet? labels, LabelDemands pods) => (_namespaces, _labels, _pods) = (namespaces, labels, pods);

    /// <summary>Whether there can be such a pod.</summary>
    public bool CanExist => _namespaces.CanBeMet && _pods.CanBeMet;

    /// <summary>Whether every pod that there can be is one.</summary>
    public bool IsEverything => this == Everything;

    /// <summary>Labels of which all its pods, or their namespaces, have one; empty where no key is asked for by value.</summary>
    public ImmutableArray<ScopeLabel> FirstChoice
    {
        get
        {
            foreach (var (isNamespaces, demands) in ((bool, LabelDemands)[])[(false, _pods), (true, _namespaces)])
                foreach (var (key, values) in demands.Choices)
                    return [.. values.Select(value => new ScopeLabel(isNamespaces, key, value))];
            return [];
        }
    }

    /// <summary>Labels that one of its pods can have: one value of each key that is asked for by value.</summary>
    public IEnumerable<ScopeLabel> SampleLabels =>
        _pods.Choices.Select(choice => new ScopeLabel(IsNamespaces: false, choice.Key, choice.Values[0])).Concat(_labels is null
            ? _namespaces.Choices.Select(choice => new ScopeLabel(IsNamespaces: true, choice.Key, choice.Values[0]))
            : _labels.Select(label => new ScopeLabel(IsNamespaces: true, label.Key, label.Value)));

    /// <summary>What two selectors mean in a cluster, which knows the labels of the namespaces that are declared.</summary>
    public static PodScope Of(HypotheticalPods peer, Snapshot snapshot)
    {
        var (namespaces, pods) = (Demands(peer.Namespaces), LabelDemands.Of(peer.Pods));
        return namespaces.OnlyValue(Namespace.NameLabel) is { } name
            && snapshot.FindNamespace(name) is { Declared: true, Labels: var labels }
            && namespaces.AreMetBy(labels)
                ? new(Demands(LabelSelector.Label(Namespace.NameLabel, name)), labels, pods)
                : new(namespaces, null, pods);
    }

    /// <summary>Whether each of these pods is one of <paramref name="other"/> too.</summary>
    public bool IsWithin(PodScope other) =>
        (_labels is null ? _namespaces.Implies(other._namespaces) : other._namespaces.AreMetBy(_labels)) && _pods.Implies(other._pods);

    private static LabelDemands Demands(LabelSelector selector) => LabelDemands.Of(new LabelSelector(selector.Requirements.Append(HasName)));
}
