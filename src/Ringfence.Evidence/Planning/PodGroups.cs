using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Evidence.Planning;

/// <summary>Chooses which pods stand for which: pairs of sources and destinations, as numbers of the snapshot.</summary>
internal sealed class PodGroups
{
    private readonly Snapshot _snapshot;
    private readonly ImmutableArray<int>[] _workloads;
    private readonly int[][] _alike;

    /// <param name="view">The cluster.</param>
    /// <param name="isProbed">Whether a pod can be probed.</param>
    public PodGroups(ClusterView view, Func<int, bool> isProbed)
    {
        _snapshot = view.Reachability.Snapshot;
        var entries = view.Workloads.Select(entry => (Entry: entry, Pods: entry.Pods.Where(isProbed).ToImmutableArray())).Where(item => item.Pods.Length > 0).ToArray();
        _workloads = [.. entries.Select(item => item.Pods)];
        _alike = [.. Enumerable.Range(0, entries.Length).GroupBy(i => (view.AtomOf(entries[i].Entry), PortsOf(entries[i].Pods[0]))).Select(group => group.ToArray())];
        PodCount = _workloads.Sum(pods => pods.Length);
    }

    /// <summary>How many pods can be probed.</summary>
    public int PodCount { get; }

    /// <summary>How many workloads they make.</summary>
    public int WorkloadCount => _workloads.Length;

    /// <summary>How many workloads are left where those that policies cannot tell apart are one.</summary>
    public int AlikeCount => _alike.Length;

    /// <summary>Pairs of different pods.</summary>
    public IEnumerable<(int Source, int Destination)> Pairs(Thinning thinning)
    {
        if (thinning == Thinning.Nothing)
        {
            foreach (var source in _workloads.SelectMany(pods => pods))
                foreach (var destination in _workloads.SelectMany(pods => pods))
                    if (source != destination) yield return (source, destination);
            yield break;
        }

        foreach (var (source, destination) in WorkloadPairs(thinning))
            foreach (var pair in PodPairs(_workloads[source], _workloads[destination], source + destination, both: thinning == Thinning.PairsOfPods))
                yield return pair;
    }

    /// <summary>Pods to be probed from and to outside.</summary>
    /// <param name="thinning">What is left out.</param>
    /// <param name="turn">A number that is different for each address outside, so that the pods of a workload take turns.</param>
    public IEnumerable<int> Single(Thinning thinning, int turn) => thinning switch
    {
        Thinning.Nothing => _workloads.SelectMany(pods => pods),
        < Thinning.AlikeTakeTurns => _workloads.Select(pods => pods[turn % pods.Length]),
        _ => _alike.Select(group => _workloads[group[turn % group.Length]]).Select(pods => pods[turn % pods.Length]),
    };

    private IEnumerable<(int Source, int Destination)> WorkloadPairs(Thinning thinning)
    {
        if (thinning < Thinning.AlikeTakeTurns)
        {
            for (var source = 0; source < _workloads.Length; source++)
                for (var destination = 0; destination < _workloads.Length; destination++) yield return (source, destination);
            yield break;
        }

        foreach (var sources in _alike)
            foreach (var destinations in _alike)
            {
                // One beside itself: within a group a workload is paired with the next one.
                var shift = ReferenceEquals(sources, destinations) && sources.Length > 1 ? 1 : 0;
                var turns = thinning == Thinning.AlikeTakeTurns ? Math.Max(sources.Length, destinations.Length) : 1;
                for (var turn = 0; turn < turns; turn++)
                    yield return (sources[turn % sources.Length], destinations[(turn + shift) % destinations.Length]);
            }
    }

    // The turn spreads the choice over the pods of a workload.
    private IEnumerable<(int Source, int Destination)> PodPairs(ImmutableArray<int> sources, ImmutableArray<int> destinations, int turn, bool both)
    {
        (int, int)? near = null, far = null;
        for (var i = 0; i < sources.Length && (near is null || far is null); i++)
            for (var j = 0; j < destinations.Length && (near is null || far is null); j++)
            {
                var pair = (Source: sources[(i + turn) % sources.Length], Destination: destinations[(j + turn) % destinations.Length]);
                if (pair.Source == pair.Destination) continue;
                if (_snapshot.Pods[pair.Source].Pod.NodeName == _snapshot.Pods[pair.Destination].Pod.NodeName) near ??= pair;
                else far ??= pair;
            }

        var (first, second) = turn % 2 == 0 ? (near ?? far, far) : (far ?? near, near);
        if (first is { } one) yield return one;
        if (both && second is { } other && second != first) yield return other;
    }

    private string PortsOf(int pod) =>
        string.Join(',', _snapshot.Pods[pod].Pod.Network.Ports.Select(port => $"{port.Protocol.ToText()} {port.Port}").Order(StringComparer.Ordinal));
}
