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
            return new Comparison(reachability, other, before, after).Changes(most);
        }
        finally
        {
            other.Apply(new Change(before ?? named, Removed: before is null));
        }
    }

    /// <summary>Compares two states that differ in one policy, group by group.</summary>
    private sealed class Comparison
    {
        private readonly Reachability _before;
        private readonly Reachability _after;
        private readonly NetworkPolicy?[] _policies;
        private readonly List<List<int>> _groups;
        private readonly HashSet<(List<int>, List<int>)> _seen = [];

        public Comparison(Reachability before, Reachability after, NetworkPolicy? old, NetworkPolicy? now)
        {
            (_before, _after, _policies) = (before, after, [old, now]);

            // Pods that both states treat alike, in what is certain and in what is possible.
            CompiledForm[] forms = [before.Certain, before.Possible, after.Certain, after.Possible];
            var groups = new Dictionary<(int, int, int, int), List<int>>();
            for (var pod = 0; pod < before.CurrentPods.Count; pod++)
            {
                var key = (forms[0].ClassOf(pod).Id, forms[1].ClassOf(pod).Id, forms[2].ClassOf(pod).Id, forms[3].ClassOf(pod).Id);
                if (!groups.TryGetValue(key, out var members)) groups.Add(key, members = []);
                members.Add(pod);
            }

            _groups = [.. groups.Values];
        }

        public ImmutableArray<ReachChange> Changes(int most)
        {
            var subjects = _groups.FindAll(IsSelected);
            return [.. ((Direction[])[Direction.Ingress, Direction.Egress])
                .Where(direction => _policies.Any(policy => policy?.Affects(direction) is true))
                .SelectMany(direction => subjects.SelectMany(subject => OthersOf(subject, direction).Concat(OutsideOf(subject, direction))))
                .Take(most)];
        }

        private bool IsSelected(List<int> group) =>
            IsOf(_before.Certain, group[0], _policies[0]) || IsOf(_before.Possible, group[0], _policies[0])
            || IsOf(_after.Certain, group[0], _policies[1]) || IsOf(_after.Possible, group[0], _policies[1]);

        private static bool IsOf(CompiledForm form, int pod, NetworkPolicy? policy) =>
            policy is not null && Array.Exists(form.PoliciesOf(pod), each => ReferenceEquals(each.Policy, policy));

        private IEnumerable<ReachChange> OthersOf(List<int> subject, Direction direction)
        {
            foreach (var other in _groups)
            {
                var (source, destination) = direction == Direction.Egress ? (subject, other) : (other, subject);

                // A group of one pod has no replicas that could call each other.
                if (ReferenceEquals(source, destination) && source.Count == 1) continue;
                var (from, to) = (Party.OfPod(source[0]), Party.OfPod(destination[0]));
                if (_before.BetweenByPolicy(from, to) is var old && _after.BetweenByPolicy(from, to) is var now && old == now) continue;
                if (_seen.Add((source, destination))) yield return new ReachChange(End(source), End(destination), old, now);
            }
        }

        private IEnumerable<ReachChange> OutsideOf(List<int> subject, Direction direction)
        {
            var blocks = new HashSet<Peer>();
            foreach (var form in (CompiledForm[])[_before.Certain, _after.Certain])
                foreach (var policy in form.PoliciesOf(subject[0]))
                    foreach (var rule in policy.Rules(direction))
                        blocks.UnionWith(rule.Peers.Where(peer => peer.Key.Block is not null));
            var families = OutsideRanges.Families(_before.Snapshot, _before.Certain).Union(OutsideRanges.Families(_before.Snapshot, _after.Certain));
            foreach (var range in families.SelectMany(family => OutsideRanges.Cut(family, blocks)))
            {
                var (pod, address) = (Party.OfPod(subject[0]), Party.OfAddress(range.First));
                var (from, to) = direction == Direction.Egress ? (pod, address) : (address, pod);
                if (_before.BetweenByPolicy(from, to) is var old && _after.BetweenByPolicy(from, to) is var now && old == now) continue;
                var outside = new ChangedEnd([], range);
                yield return direction == Direction.Egress
                    ? new ReachChange(End(subject), outside, old, now)
                    : new ReachChange(outside, End(subject), old, now);
            }
        }

        private static ChangedEnd End(List<int> group) => new([.. group], null);
    }
}
