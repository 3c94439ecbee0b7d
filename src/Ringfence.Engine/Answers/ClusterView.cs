using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>One line of a list of connections.</summary>
/// <param name="Source">Where it starts.</param>
/// <param name="Destination">Where it ends.</param>
/// <param name="Reach">What is open.</param>
public readonly record struct Connection(ViewEntry Source, ViewEntry Destination, Reach Reach);

/// <summary>
/// A compiled cluster as people look at it: workloads instead of pods, ranges instead of addresses. Entries are in ordinal order of
/// their names, ranges after workloads and in order of their addresses.
/// </summary>
public sealed class ClusterView
{
    private readonly Dictionary<int, ViewEntry> _entryOf = [];
    private readonly Lazy<Dictionary<int, int>> _atoms;

    private ClusterView(Reachability reachability)
    {
        Reachability = reachability;
        _atoms = new(NumberAtoms);
        Workloads = ViewEntries.Build(reachability);
        foreach (var entry in Workloads)
            foreach (var pod in entry.Pods) _entryOf[pod] = entry;
        var families = OutsideRanges.Families(reachability.Snapshot, reachability.Certain);
        OutsideSources = Outside(Direction.Ingress);
        OutsideDestinations = Outside(Direction.Egress);

        ImmutableArray<ViewEntry> Outside(Direction direction)
        {
            var blocks = reachability.Certain.Blocks(direction);
            return [.. families.SelectMany(family => OutsideRanges.Cut(family, blocks)).Select(ViewEntry.Of)];
        }
    }

    /// <summary>What it shows.</summary>
    public Reachability Reachability { get; }

    /// <summary>The workloads.</summary>
    public ImmutableArray<ViewEntry> Workloads { get; }

    /// <summary>
    /// The ranges outside the cluster as sources, cut where some ingress rule tells addresses apart; together they are every address.
    /// IPv6 is shown only where the input has an IPv6 address or block.
    /// </summary>
    public ImmutableArray<ViewEntry> OutsideSources { get; }

    /// <summary>The ranges outside the cluster as destinations, cut where some egress rule tells addresses apart.</summary>
    public ImmutableArray<ViewEntry> OutsideDestinations { get; }

    /// <summary>Makes the view.</summary>
    public static ClusterView Create(Reachability reachability) => new(reachability);

    /// <summary>The entry that shows a pod.</summary>
    /// <param name="pod">The pod's number in the snapshot.</param>
    public ViewEntry EntryOf(int pod) => _entryOf[pod];

    /// <summary>
    /// The atom of a workload, from 0: policies cannot tell workloads of one atom apart, whatever the input lacks. Numbers mean nothing beyond
    /// this view.
    /// </summary>
    /// <param name="workload">One of <see cref="Workloads"/>.</param>
    public int AtomOf(ViewEntry workload) => _atoms.Value[workload.Pods[0]];

    /// <summary>
    /// What every pod of the source can open to every pod of the destination, by policy alone (replicas of one workload count as
    /// different pods). None between two ranges.
    /// </summary>
    public Reach Between(ViewEntry source, ViewEntry destination) => source.Range is not null && destination.Range is not null
        ? Reach.None
        : Reachability.BetweenByPolicy(source.Representative, destination.Representative);

    /// <summary>
    /// The connections that are open or may be, by source and then destination; ranges next to each other with the same reach are
    /// joined. Without a workload's connections to itself, and without pairs where nothing is open.
    /// </summary>
    /// <param name="includeOutside">Whether to list connections from and to addresses outside the cluster.</param>
    /// <param name="focus">The workloads of which at least one must be an end; null for all connections.</param>
    public IEnumerable<Connection> Connections(bool includeOutside = true, IReadOnlySet<ViewEntry>? focus = null)
    {
        var focused = focus is null ? [] : Workloads.Where(focus.Contains).ToImmutableArray();
        foreach (var source in Workloads)
        {
            var isFocus = focus is null || focus.Contains(source);
            foreach (var destination in isFocus ? Workloads : focused)
            {
                if (ReferenceEquals(source, destination)) continue;
                var reach = Between(source, destination);
                if (!reach.Possible.IsEmpty) yield return new Connection(source, destination, reach);
            }

            if (!includeOutside || !isFocus) continue;
            foreach (var (range, reach) in Join(OutsideDestinations, outside => Between(source, outside)))
                yield return new Connection(source, range, reach);
        }

        if (!includeOutside) yield break;
        var incoming = new List<Connection>();
        foreach (var destination in focus is null ? Workloads : focused)
            foreach (var (range, reach) in Join(OutsideSources, outside => Between(outside, destination)))
                incoming.Add(new Connection(range, destination, reach));

        // Stable: destinations of one range stay in their order.
        foreach (var connection in incoming.OrderBy(c => c.Source.Range!.Value.First).ThenBy(c => c.Source.Range!.Value.Last))
            yield return connection;
    }

    // By the first pod of each workload.
    private Dictionary<int, int> NumberAtoms()
    {
        var (certain, possible) = (Reachability.Certain, Reachability.Possible);
        var lower = AtomPartition.Of(certain);
        var upper = ReferenceEquals(certain, possible) ? lower : AtomPartition.Of(possible);
        var numbers = new Dictionary<(int, int), int>();
        var atoms = new Dictionary<int, int>(Workloads.Length);
        foreach (var workload in Workloads)
        {
            var pod = workload.Pods[0];
            var atom = (lower[certain.ClassOf(pod).Id], upper[possible.ClassOf(pod).Id]);
            if (!numbers.TryGetValue(atom, out var number)) numbers.Add(atom, number = numbers.Count);
            atoms.Add(pod, number);
        }

        return atoms;
    }

    /// <summary>Joins ranges that follow each other and have the same reach; leaves out those where nothing is open.</summary>
    private static IEnumerable<(ViewEntry Range, Reach Reach)> Join(ImmutableArray<ViewEntry> ranges, Func<ViewEntry, Reach> reachOf)
    {
        for (var i = 0; i < ranges.Length;)
        {
            var first = ranges[i];
            var reach = reachOf(first);
            var last = first;
            while (++i < ranges.Length && ranges[i].Range!.Value.First.Family == first.Range!.Value.First.Family && reachOf(ranges[i]) == reach)
                last = ranges[i];
            if (reach.Possible.IsEmpty) continue;
            var joined = ReferenceEquals(first, last) ? first : ViewEntry.Of(new AddressRange(first.Range!.Value.First, last.Range!.Value.Last));
            yield return (joined, reach);
        }
    }
}
