using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>Pods that a change treats alike, or addresses outside the cluster.</summary>
/// <param name="Pods">The pods' numbers in the snapshot; empty for addresses.</param>
/// <param name="Range">The addresses; null for pods.</param>
public sealed record ChangedEnd(ImmutableArray<int> Pods, AddressRange? Range);

/// <summary>What a change makes of the connections between two ends, by policy alone.</summary>
/// <param name="Source">Where they start.</param>
/// <param name="Destination">Where they end.</param>
/// <param name="Before">What was open.</param>
/// <param name="After">What would be open.</param>
public sealed record ReachChange(ChangedEnd Source, ChangedEnd Destination, Reach Before, Reach After)
{
    /// <summary>What would certainly open.</summary>
    public ConnectionSet Gained => After.Certain.Except(Before.Certain);

    /// <summary>What would certainly close.</summary>
    public ConnectionSet Lost => Before.Certain.Except(After.Certain);
}

/// <summary>Answers what would change if a policy were another one. The cluster itself stays as it is; one caller at a time.</summary>
public sealed class WhatIf(Reachability reachability)
{
    // Compiled when first asked; between two questions it is the cluster again.
    private readonly Lazy<Reachability> _other = new(() => Reachability.Compile(reachability.Snapshot));
    private AlikePods? _alike;

    /// <summary>Every change of reach if <paramref name="before"/> were <paramref name="after"/>; none where nothing would change.</summary>
    /// <param name="before">A policy in force; null where one is added.</param>
    /// <param name="after">The policy in its place, with the same namespace and name; null where it is taken away.</param>
    /// <param name="most">How many changes are wanted at most.</param>
    public ImmutableArray<ReachChange> Replace(NetworkPolicy? before, NetworkPolicy? after, int most = int.MaxValue)
    {
        var other = _other.Value;
        var named = after ?? before ?? throw new ArgumentException("a policy is needed", nameof(before));
        other.Apply(new Change(named, Removed: after is null));
        try
        {
            if (_alike?.IsOf(reachability, other) is not true) _alike = new AlikePods(reachability, other);
            return [.. new PolicyComparison(reachability, other, _alike, before, after).Changes().Take(most)];
        }
        finally
        {
            other.Apply(new Change(before ?? named, Removed: before is null));
        }
    }
}
