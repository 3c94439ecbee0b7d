using Ringfence.Engine;

namespace Ringfence.Analysis.Generation;

/// <summary>Pods of a namespace that neither policies nor wanted flows tell apart.</summary>
/// <param name="Pod">One of them.</param>
/// <param name="Sides">The sides of flows that they belong to.</param>
/// <param name="Name">How messages call them.</param>
/// <param name="IsIsolated">Whether their namespace is one of those that policies are made for, and they can be selected.</param>
/// <param name="HasSeveral">Whether there are several of them, or can be.</param>
internal sealed record AlikePods(int Pod, int[] Sides, string Name, bool IsIsolated, bool HasSeveral)
{
    private const int MostNamed = 2;

    /// <summary>The groups of a cluster, in order of their names.</summary>
    public static List<AlikePods> Gather(ClusterView view, Membership membership, IReadOnlySet<string> isolated)
    {
        var groups = new Dictionary<(int Atom, string Namespace, bool HasAddress, string Sides), (int Pod, int[] Sides, int Count, List<string> Names, bool HasReplicas)>();
        var pods = view.Reachability.Snapshot.Pods;
        foreach (var entry in view.Workloads)
            foreach (var pod in entry.Pods)
            {
                var sides = membership.SidesOf(pod);
                // A pod on its node's network is what its node's addresses are.
                var node = entry.HostNetwork ? string.Join(',', pods[pod].Pod.HostAddresses) + "@" + pods[pod].Pod.NodeName : "";
                var key = (view.AtomOf(entry), entry.Namespace, !pods[pod].Pod.Addresses.IsEmpty, string.Join(',', sides) + node);
                var known = groups.GetValueOrDefault(key, (pod, sides, 0, [], false));
                if (known.Names.Count == 0 || known.Names[^1] != entry.Name) known.Names.Add(entry.Name);
                groups[key] = known with { Count = known.Count + 1, HasReplicas = known.HasReplicas || entry.HasReplicas };
            }

        return
        [
            .. groups.Values.Select(group => new AlikePods(
                group.Pod,
                group.Sides,
                string.Join(", ", group.Names.Take(MostNamed)) + (group.Names.Count > MostNamed ? $" and {group.Names.Count - MostNamed} more" : ""),
                isolated.Contains(pods[group.Pod].Pod.Namespace) && !pods[group.Pod].Pod.Network.HostNetwork,
                group.Count > 1 || group.HasReplicas)),
        ];
    }
}
