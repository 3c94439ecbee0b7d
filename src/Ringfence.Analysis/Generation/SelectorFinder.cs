using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>How labels select a set of pods.</summary>
/// <param name="Selector">The selector; null where the pods have no stable label in common.</param>
/// <param name="Beside">The pods that it selects beside those that are meant; empty where it is exact.</param>
internal sealed record SelectorChoice(LabelSelector? Selector, ImmutableArray<int> Beside)
{
    public bool IsExact => Selector is not null && Beside.IsEmpty;
}

/// <summary>Finds labels that select exactly given pods of a namespace, the fewest and most stable ones.</summary>
/// <remarks>Pods on their node's network count neither way: no selector ever matches them.</remarks>
internal sealed class SelectorFinder
{
    // Three requirements tell apart what people label; more are sought one by one.
    private const int MostTried = 3;
    private const int MostValues = 5;

    private readonly Snapshot _snapshot;
    private readonly Dictionary<string, Dictionary<LabelSet, List<int>>> _pods = new(StringComparer.Ordinal);

    public SelectorFinder(Snapshot snapshot)
    {
        _snapshot = snapshot;
        for (var i = 0; i < snapshot.Pods.Length; i++)
        {
            var pod = snapshot.Pods[i].Pod;
            if (pod.Network.HostNetwork) continue;
            if (!_pods.TryGetValue(pod.Namespace, out var byLabels)) _pods[pod.Namespace] = byLabels = [];
            if (!byLabels.TryGetValue(pod.Labels, out var pods)) byLabels[pod.Labels] = pods = [];
            pods.Add(i);
        }
    }

    /// <summary>Chooses a selector.</summary>
    /// <param name="namespace">The namespace of all the pods.</param>
    /// <param name="pods">Their numbers, at least one, none on its node's network.</param>
    /// <param name="name">The name of what is meant.</param>
    public SelectorChoice Choose(string @namespace, ImmutableArray<int> pods, string name)
    {
        var wanted = pods.ToHashSet();
        var members = pods.Select(pod => _snapshot.Pods[pod].Pod.Labels).Distinct().ToList();
        var others = _pods[@namespace].Where(pair => !pair.Value.TrueForAll(wanted.Contains)).Select(pair => pair.Key).ToList();
        var labels = Common(members, name);
        // What a pod lacks says nothing about it: without a label of its own every pod to come would be meant.
        if (labels.Count == 0) return new SelectorChoice(null, []);
        var chosen = Fewest(labels, others) ?? Fewest([.. labels, .. Telling(members, others)], others) ?? labels;
        if (!chosen.Exists(labels.Contains)) chosen = [labels[0], .. chosen];
        var selector = new LabelSelector(chosen);
        var selected = _pods[@namespace].Where(pair => selector.Matches(pair.Key)).SelectMany(pair => pair.Value);
        return new SelectorChoice(selector, [.. selected.Where(pod => !wanted.Contains(pod)).Order()]);
    }

    // The labels that all members have, the best first.
    private static List<Requirement> Common(List<LabelSet> members, string name) =>
    [
        .. members[0]
            .Where(label => (StableLabels.IsStable(label.Key) || StableLabels.IsOwnName(label.Key, label.Value, name))
                && members.TrueForAll(member => member[label.Key] == label.Value))
            .OrderBy(label => StableLabels.Rank(label.Key))
            .ThenBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => new Requirement(label.Key, SelectorOperator.In, [label.Value])),
    ];

    // What else tells members from others: one of several values, or that a label is absent.
    private static IEnumerable<Requirement> Telling(List<LabelSet> members, List<LabelSet> others)
    {
        var keys = members.Concat(others).SelectMany(labels => labels.Select(label => label.Key)).Distinct(StringComparer.Ordinal)
            .Where(StableLabels.IsStable).OrderBy(StableLabels.Rank).ThenBy(key => key, StringComparer.Ordinal);
        foreach (var key in keys)
        {
            var values = members.Select(member => member[key]).Distinct(StringComparer.Ordinal).ToList();
            if (values is [null]) yield return new Requirement(key, SelectorOperator.DoesNotExist, []);
            else if (values.Count is > 1 and <= MostValues && !values.Contains(null))
                yield return new Requirement(key, SelectorOperator.In, [.. values.Select(value => value!).Order(StringComparer.Ordinal)]);
        }
    }

    // The smallest set of requirements that no other pod meets, of several the one that comes first; null where all together do not suffice.
    private static List<Requirement>? Fewest(List<Requirement> requirements, List<LabelSet> others)
    {
        if (others.Count == 0) return [.. requirements.Take(1)];
        if (others.Exists(other => requirements.TrueForAll(requirement => requirement.Matches(other)))) return null;
        for (var size = 1; size <= Math.Min(MostTried, requirements.Count); size++)
            if (Subset(requirements, 0, size, others) is { } found) return found;

        // Greedy: what can be left out is, the worst first.
        var kept = new List<Requirement>(requirements);
        for (var i = kept.Count - 1; i >= 0; i--)
        {
            var without = kept.Where((_, j) => j != i).ToList();
            if (!others.Exists(other => without.TrueForAll(requirement => requirement.Matches(other)))) kept = without;
        }

        return kept;
    }

    private static List<Requirement>? Subset(List<Requirement> requirements, int from, int size, List<LabelSet> others)
    {
        if (size == 0) return others.Count == 0 ? [] : null;
        for (var i = from; i <= requirements.Count - size; i++)
        {
            var left = others.FindAll(requirements[i].Matches);
            if (left.Count == others.Count) continue;
            if (Subset(requirements, i + 1, size - 1, left) is { } rest) return [requirements[i], .. rest];
        }

        return null;
    }
}
