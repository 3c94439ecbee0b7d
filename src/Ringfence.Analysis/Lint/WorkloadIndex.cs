using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>Workloads by namespace and label, for rules about selectors that match nothing.</summary>
internal sealed class WorkloadIndex
{
    private readonly ILookup<string, ViewEntry> _byNamespace;
    private readonly ILookup<(string Key, string Value), ViewEntry> _byLabel;
    private readonly ILookup<string, LabelSet> _atTimes;
    private readonly HashSet<(string Key, string Value)> _labels;

    public WorkloadIndex(ClusterView view, ClusterObjects objects)
    {
        _byNamespace = view.Workloads.ToLookup(entry => entry.Namespace);
        _byLabel = view.Workloads.Where(entry => !entry.HostNetwork)
            .SelectMany(entry => entry.Labels.Select(label => ((label.Key, label.Value), entry)))
            .ToLookup(pair => pair.Item1, pair => pair.entry);
        _atTimes = objects.Workloads.Select(workload => (workload.Namespace, Labels: workload.PodLabels))
            .Concat(objects.Pods.Where(pod => pod.IsFinished).Select(pod => (pod.Namespace, pod.Labels)))
            .Distinct()
            .ToLookup(pair => pair.Namespace, pair => pair.Labels);
        _labels = [.. view.Workloads.Select(entry => entry.Labels).Concat(_atTimes.SelectMany(group => group)).Distinct().SelectMany(labels => labels).Select(label => (label.Key, label.Value))];
    }

    /// <summary>
    /// Whether a namespace has pods with such labels at all: also on their nodes' network, where no selector matches them, or at times only, as those of a CronJob.
    /// </summary>
    public bool Has(string @namespace, LabelSelector pods) =>
        pods.Requirements.All(requirement => requirement.Operator != SelectorOperator.In || requirement.Values.Any(value => _labels.Contains((requirement.Key, value))))
        && (_byNamespace[@namespace].Any(entry => pods.Matches(entry.Labels)) || _atTimes[@namespace].Any(pods.Matches));

    /// <summary>The label in some namespaces that comes nearest to one that a podSelector asks for in vain; null where none does.</summary>
    public NearLabel? Nearest(IEnumerable<string> namespaces, LabelSelector pods) => NearLabel.Find(
        pods, namespaces.SelectMany(name => _byNamespace[name]).Where(entry => !entry.HostNetwork).Select(entry => (entry.Name, entry.Labels)));

    /// <summary>The workloads of every namespace that a selector matches by some label; none for one that only says what labels must not be there.</summary>
    public ImmutableArray<ViewEntry> Find(LabelSelector pods)
    {
        var label = pods.Requirements.FirstOrDefault(requirement => requirement.Operator == SelectorOperator.In);
        return label is null ? [] : [.. label.Values.SelectMany(value => _byLabel[(label.Key, value)]).Where(entry => pods.Matches(entry.Labels))];
    }
}
