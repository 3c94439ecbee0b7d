using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>Compares two states of a cluster that differ in one policy, group by group.</summary>
internal sealed class PolicyComparison(Reachability before, Reachability after, AlikePods alike, NetworkPolicy? old, NetworkPolicy? now)
{
    private readonly HashSet<(List<int>, List<int>)> _seen = [];

    /// <summary>What differs, as it is found.</summary>
    public IEnumerable<ReachChange> Changes()
    {
        // No policy selects pods of another namespace, nor any on the host's network.
        var subjects = alike.InNamespace[(now ?? old)!.Namespace].Where(IsSelected).ToList();
        foreach (var direction in (Direction[])[Direction.Ingress, Direction.Egress])
        {
            if (old?.Affects(direction) is not true && now?.Affects(direction) is not true) continue;
            var rules = ChangedRules(direction);
            foreach (var subject in subjects)
                foreach (var change in PodsOf(subject, direction, rules).Concat(OutsideOf(subject, direction, rules))) yield return change;
        }
    }

    private bool IsSelected(List<int> group) =>
        Find(before.Certain, group, old) is not null || Find(before.Possible, group, old) is not null
        || Find(after.Certain, group, now) is not null || Find(after.Possible, group, now) is not null;

    private static CompiledPolicy? Find(CompiledForm form, List<int> group, NetworkPolicy? policy) =>
        policy is null ? null : Array.Find(form.PoliciesOf(group[0]), each => ReferenceEquals(each.Policy, policy));

    /// <summary>The rules that only one of the two has; null where more differs than rules, so that the connections of everybody may.</summary>
    private (HashSet<PolicyRule> Old, HashSet<PolicyRule> Now)? ChangedRules(Direction direction)
    {
        if (old is null || now is null || !old.PodSelector.Equals(now.PodSelector) || old.Affects(direction) != now.Affects(direction)) return null;
        var same = ReferenceEqualityComparer.Instance;
        var (left, right) = (new HashSet<PolicyRule>(old.Rules(direction), same), new HashSet<PolicyRule>(now.Rules(direction), same));
        var shared = left.Where(right.Contains).ToList();
        left.ExceptWith(shared);
        right.ExceptWith(shared);
        return left.Concat(right).Any(rule => rule.Peers.IsEmpty) ? null : (left, right);
    }

    private IEnumerable<ReachChange> PodsOf(List<int> subject, Direction direction, (HashSet<PolicyRule> Old, HashSet<PolicyRule> Now)? rules)
    {
        foreach (var other in rules is { } changed ? Matched(subject, direction, changed.Old, changed.Now) : alike.Groups)
        {
            var (source, destination) = direction == Direction.Egress ? (subject, other) : (other, subject);

            // A group of one pod has no replicas that could call each other.
            if (ReferenceEquals(source, destination) && source.Count == 1) continue;
            var (from, to) = (Party.OfPod(source[0]), Party.OfPod(destination[0]));
            if (before.BetweenByPolicy(from, to) is var was && after.BetweenByPolicy(from, to) is var becomes && was == becomes) continue;
            if (_seen.Add((source, destination))) yield return new ReachChange(End(source), End(destination), was, becomes);
        }
    }

    /// <summary>The groups that some changed rule means.</summary>
    private IEnumerable<List<int>> Matched(List<int> subject, Direction direction, HashSet<PolicyRule> oldRules, HashSet<PolicyRule> newRules)
    {
        var peers = new List<(CompiledForm Form, ColumnSet Columns)>();
        foreach (var (form, policy, changed) in ((CompiledForm, NetworkPolicy?, HashSet<PolicyRule>)[])
            [(before.Certain, old, oldRules), (before.Possible, old, oldRules), (after.Certain, now, newRules), (after.Possible, now, newRules)])
            foreach (var rule in Find(form, subject, policy)?.Rules(direction) ?? [])
                if (changed.Contains(rule.Rule)) peers.AddRange(rule.Peers.Select(peer => (form, peer.Columns)));
        return peers.Count == 0 ? [] : alike.Groups.Where(group => peers.Exists(peer => peer.Columns.Contains(peer.Form.ClassOf(group[0]).Id)));
    }

    private IEnumerable<ReachChange> OutsideOf(List<int> subject, Direction direction, (HashSet<PolicyRule> Old, HashSet<PolicyRule> Now)? rules)
    {
        if (rules is { } changed && !changed.Old.Concat(changed.Now).Any(rule => rule.Peers.Any(peer => peer.IpBlock is not null))) yield break;
        var blocks = new HashSet<Peer>();
        foreach (var form in (CompiledForm[])[before.Certain, after.Certain])
            foreach (var policy in form.PoliciesOf(subject[0]))
                foreach (var rule in policy.Rules(direction)) blocks.UnionWith(rule.Peers.Where(peer => peer.Key.Block is not null));

        // What no block of the subject tells apart is one range, of either family.
        foreach (var range in ((IpFamily[])[IpFamily.V4, IpFamily.V6]).SelectMany(family => OutsideRanges.Cut(family, blocks)))
        {
            var (pod, address) = (Party.OfPod(subject[0]), Party.OfAddress(range.First));
            var (from, to) = direction == Direction.Egress ? (pod, address) : (address, pod);
            if (before.BetweenByPolicy(from, to) is var was && after.BetweenByPolicy(from, to) is var becomes && was == becomes) continue;
            var outside = new ChangedEnd([], range);
            yield return direction == Direction.Egress
                ? new ReachChange(End(subject), outside, was, becomes)
                : new ReachChange(outside, End(subject), was, becomes);
        }
    }

    private static ChangedEnd End(List<int> group) => new([.. group], null);
}
