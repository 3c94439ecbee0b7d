using System.Collections.Immutable;

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
    private ClusterView(Reachability reachability) => Reachability = reachability;

    /// <summary>What it shows.</summary>
    public Reachability Reachability { get; }

    /// <summary>The workloads.</summary>
    public ImmutableArray<ViewEntry> Workloads { get; } = [];

    /// <summary>
    /// The ranges outside the cluster as sources, cut where some ingress rule tells addresses apart; together they are every address.
    /// IPv6 is shown only where the input has an IPv6 address or block.
    /// </summary>
    public ImmutableArray<ViewEntry> OutsideSources { get; } = [];

    /// <summary>The ranges outside the cluster as destinations, cut where some egress rule tells addresses apart.</summary>
    public ImmutableArray<ViewEntry> OutsideDestinations { get; } = [];

    /// <summary>Makes the view.</summary>
    public static ClusterView Create(Reachability reachability) => new(reachability);

    /// <summary>
    /// What every pod of the source can open to every pod of the destination, by policy alone (replicas of one workload count as
    /// different pods). None between two ranges.
    /// </summary>
    public Reach Between(ViewEntry source, ViewEntry destination) => throw new NotSupportedException(Reachability.ToString());

    /// <summary>
    /// The connections that are open or may be, by source and then destination; ranges next to each other with the same reach are
    /// joined. Without a workload's connections to itself, and without pairs where nothing is open.
    /// </summary>
    /// <param name="includeOutside">Whether to list connections from and to addresses outside the cluster.</param>
    public IEnumerable<Connection> Connections(bool includeOutside = true) => throw new NotSupportedException($"{Reachability} {includeOutside}");
}
