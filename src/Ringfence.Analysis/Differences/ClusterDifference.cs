using System.Collections.Immutable;
using Ringfence.Engine;

namespace Ringfence.Analysis.Differences;

/// <summary>What differs between two states of a cluster: who can open what to whom, and why; workloads and policies that one of them lacks.</summary>
public sealed class ClusterDifference
{
    private readonly ChangeReasons _reasons;

    private ClusterDifference(ClusterView old, ClusterView @new)
    {
        var comparison = ClusterComparison.Create(old, @new);
        Policies = PolicyChange.Between(old.Reachability.Snapshot.Objects.NetworkPolicies, @new.Reachability.Snapshot.Objects.NetworkPolicies);
        Removed = [.. comparison.Workloads.Where(workload => workload.New is null)];
        Added = [.. comparison.Workloads.Where(workload => workload.Old is null)];
        Changes =
        [
            .. comparison.Changes().Select(change => new ConnectionChange(change.Source, change.Destination, change.Before, change.After))
                .OrderBy(change => change.Source, EndOrder.Instance).ThenBy(change => change.Destination, EndOrder.Instance),
        ];
        _reasons = new ChangeReasons(old, @new, Policies);
    }

    /// <summary>The connections that are not what they were, by source and then destination; ranges outside come after workloads.</summary>
    public ImmutableArray<ConnectionChange> Changes { get; }

    /// <summary>The policies that are not what they were, by name, those without any effect included.</summary>
    public ImmutableArray<PolicyChange> Policies { get; }

    /// <summary>The workloads that only the old state has, by name.</summary>
    public ImmutableArray<Counterpart> Removed { get; }

    /// <summary>The workloads that only the new state has, by name.</summary>
    public ImmutableArray<Counterpart> Added { get; }

    /// <summary>Compares two states.</summary>
    public static ClusterDifference Between(ClusterView old, ClusterView @new) => new(old, @new);

    /// <summary>How many connections became what.</summary>
    public int Count(ChangeKind kind) => Changes.Count(change => change.Kind == kind);

    /// <summary>Why a connection is not what it was. Found anew at every call.</summary>
    public ChangeReason ReasonOf(ConnectionChange change) => _reasons.Of(change);

    private sealed class EndOrder : IComparer<Counterpart>
    {
        public static readonly EndOrder Instance = new();

        public int Compare(Counterpart? x, Counterpart? y) => (x!.Entry.Range, y!.Entry.Range) switch
        {
            (null, null) => string.CompareOrdinal(x.Name, y.Name),
            ({ } a, { } b) => a.First != b.First ? a.First.CompareTo(b.First) : a.Last.CompareTo(b.Last),
            (null, _) => -1,
            _ => 1,
        };
    }
}
