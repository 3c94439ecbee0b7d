using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>Groups pods into the workloads that people see.</summary>
internal static class ViewEntries
{
    /// <summary>One entry a workload; where policies tell its pods apart, one entry a pod.</summary>
    public static ImmutableArray<ViewEntry> Build(Reachability reachability)
    {
        var pods = reachability.Snapshot.Pods;
        var lower = AtomPartition.Of(reachability.Certain);
        var upper = ReferenceEquals(reachability.Certain, reachability.Possible) ? lower : AtomPartition.Of(reachability.Possible);
        (int, int) AtomOf(int pod) => (lower[reachability.Certain.ClassOf(pod).Id], upper[reachability.Possible.ClassOf(pod).Id]);

        var byWorkload = new Dictionary<WorkloadId, List<int>>();
        for (var i = 0; i < pods.Length; i++)
        {
            var workload = pods[i].Workload;
            if (!byWorkload.TryGetValue(workload, out var members)) byWorkload.Add(workload, members = []);
            members.Add(i);
        }

        var entries = new List<ViewEntry>(byWorkload.Count);
        foreach (var (workload, members) in byWorkload)
        {
            var first = AtomOf(members[0]);
            if (members.TrueForAll(pod => AtomOf(pod) == first && IsHost(pod) == IsHost(members[0])))
                entries.Add(Entry(workload, workload.Name, workload.Kind, members));
            else
                foreach (var pod in members) entries.Add(Entry(workload, pods[pod].Pod.Name, "Pod", [pod]));
        }

        return Name(entries);

        bool IsHost(int pod) => pods[pod].Pod.Network.HostNetwork;

        ViewEntry Entry(WorkloadId workload, string name, string kind, List<int> members) =>
            new($"{workload.Namespace}/{name}", workload.Namespace, kind, [.. members], null)
            {
                Workload = workload,
                Labels = CommonLabels(members.Select(pod => pods[pod].Pod.Labels)),
                HostNetwork = IsHost(members[0]),
                HasReplicas = workload.Kind != "Pod",
            };
    }

    /// <summary>Makes names unique by naming the kind where two entries share one, and sorts.</summary>
    private static ImmutableArray<ViewEntry> Name(List<ViewEntry> entries)
    {
        var shared = entries.GroupBy(entry => entry.Name).Where(group => group.Skip(1).Any()).Select(group => group.Key).ToHashSet();
        return
        [
            .. entries
                .Select(entry => shared.Contains(entry.Name)
                    ? entry with { Name = $"{entry.Namespace}/{(entry.Kind.Length == 0 ? "unknown" : entry.Kind.ToLowerInvariant())}/{entry.Name[(entry.Namespace.Length + 1)..]}" }
                    : entry)
                .OrderBy(entry => entry.Name, StringComparer.Ordinal),
        ];
    }

    private static LabelSet CommonLabels(IEnumerable<LabelSet> sets)
    {
        LabelSet? common = null;
        foreach (var labels in sets)
        {
            if (common is null || common.Equals(labels)) common ??= labels;
            else common = LabelSet.Create(common.Where(pair => labels[pair.Key] == pair.Value));
        }

        return common ?? LabelSet.Empty;
    }
}
