using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine.Comparison;

/// <summary>What changed between a workload and the addresses outside the cluster, cut where its own rules tell addresses apart.</summary>
internal sealed class OutsideChanges(ClusterView old, ClusterView @new)
{
    private readonly ImmutableArray<IpFamily> _families =
    [
        .. OutsideRanges.Families(old.Reachability.Snapshot, old.Reachability.Certain)
            .Union(OutsideRanges.Families(@new.Reachability.Snapshot, @new.Reachability.Certain)).Order(),
    ];

    // Workloads with the same rules before and after have the same answer.
    private readonly Dictionary<(Entry[]?, Entry[]?, PortSignature, PortSignature), ImmutableArray<(Counterpart Range, Reach Before, Reach After)>> _known = [];

    /// <summary>The ranges that differ, in order of their addresses; neighbours that differ alike are joined.</summary>
    /// <param name="workload">A workload of both states.</param>
    /// <param name="direction">Ingress for ranges as sources.</param>
    public ImmutableArray<(Counterpart Range, Reach Before, Reach After)> Of(Counterpart workload, Direction direction)
    {
        var (before, after) = (workload.Old!.Pods[0], workload.New!.Pods[0]);
        var (oldForm, newForm) = (old.Reachability.Certain, @new.Reachability.Certain);
        var key = (oldForm.EntriesOf(before, direction), newForm.EntriesOf(after, direction), oldForm.PortsOf(before), newForm.PortsOf(after));
        if (!_known.TryGetValue(key, out var changes)) _known.Add(key, changes = [.. Find(workload, direction, Blocks(key.Item1, key.Item2))]);
        return changes;
    }

    private IEnumerable<(Counterpart Range, Reach Before, Reach After)> Find(Counterpart workload, Direction direction, List<Peer> blocks)
    {
        foreach (var family in _families)
        {
            (AddressRange Range, Reach Before, Reach After)? open = null;
            foreach (var range in OutsideRanges.Cut(family, blocks))
            {
                var entry = ViewEntry.Of(range);
                var (before, after) = direction == Direction.Ingress
                    ? (old.Between(entry, workload.Old!), @new.Between(entry, workload.New!))
                    : (old.Between(workload.Old!, entry), @new.Between(workload.New!, entry));
                if (open is { } joined && joined.Before == before && joined.After == after)
                {
                    open = (new AddressRange(joined.Range.First, range.Last), before, after);
                    continue;
                }

                if (open is { } done && done.Before != done.After) yield return (Counterpart.Of(done.Range), done.Before, done.After);
                open = (range, before, after);
            }

            if (open is { } last && last.Before != last.After) yield return (Counterpart.Of(last.Range), last.Before, last.After);
        }
    }

    private static List<Peer> Blocks(Entry[]? before, Entry[]? after) =>
        [.. (before ?? []).Concat(after ?? []).Select(entry => entry.Peer).OfType<Peer>().Where(peer => peer.Key.Block is not null).DistinctBy(peer => peer.Key)];
}
