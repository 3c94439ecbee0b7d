using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>Which policies of the same pods admit what another one does. Allows are a union: then the other one changes nothing.</summary>
internal static class Overlap
{
    /// <summary>With how many others a policy is compared at most: thousands for the same pods would take minutes.</summary>
    public const int MostCompared = 100;

    // What the names of policies that are meant to restrict have in them.
    private static readonly ImmutableArray<string> Restrictions = ["restrict", "only", "limit", "strict", "lock", "deny", "block", "isolate"];

    /// <summary>
    /// Another policy of all these pods that admits everything that a policy's rules of a direction do, and more, although the policy reads as a restriction; null
    /// where there is none. A denial of some pods reads so beside a policy that lets everyone in, or every pod; the default deny of a namespace never does.
    /// </summary>
    /// <param name="context">The cluster.</param>
    /// <param name="strict">The policy.</param>
    /// <param name="direction">The direction.</param>
    public static GroupedPolicy? BroaderThan(LintContext context, GroupedPolicy strict, Direction direction)
    {
        if (strict.Selected.IsEmpty || (strict.Rules(direction).IsEmpty && strict.Policy.PodSelector.IsEverything)) return null;
        foreach (var broad in Others(strict, direction))
        {
            if (broad.Rules(direction).IsEmpty || !IsNarrower(strict, broad, direction)) continue;
            if (IsCovered(context, strict, broad, direction) && !IsCovered(context, broad, strict, direction)) return broad;
        }

        return null;
    }

    /// <summary>
    /// The other policies of a policy's pods that affect a direction, the first <see cref="MostCompared"/>, those of one of its groups: who covers all its pods is among them.
    /// </summary>
    public static IEnumerable<GroupedPolicy> Others(GroupedPolicy policy, Direction direction) =>
        policy.Selected.First().Policies.Where(other => !ReferenceEquals(other, policy) && other.Policy.Affects(direction)).Take(MostCompared);

    /// <summary>Whether one of some rules admits what a peer of another rule does, whatever pods come.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="peer">The peer's place; -1 for a rule for everyone.</param>
    /// <param name="others">The rules that may.</param>
    /// <param name="own">The policies' namespace.</param>
    public static bool IsCovered(GroupedRule rule, int peer, IEnumerable<GroupedRule> others, SnapshotNamespace own) => others.Any(other =>
        Implied.PortsBy(other, rule)
        && (other.IsForEveryone || (peer >= 0 && other.Peers.Any(each => Implied.By(each.Peer, rule.Peers[peer].Peer, own)))));

    /// <summary>The places of a rule's peers; -1 for a rule for everyone.</summary>
    public static IEnumerable<int> PeersOf(GroupedRule rule) => rule.IsForEveryone ? [-1] : Enumerable.Range(0, rule.Peers.Length);

    private static bool IsNarrower(GroupedPolicy strict, GroupedPolicy broad, Direction direction)
    {
        if (!broad.Selected.IsSupersetOf(strict.Selected)) return false;
        if (broad.Rules(direction).Any(IsWide)) return true;
        return !strict.Rules(direction).IsEmpty && (broad.Selected.Count > strict.Selected.Count
            || !Implied.By(strict.Policy.PodSelector, broad.Policy.PodSelector)
            || Restrictions.Any(word => strict.Policy.Name.Contains(word, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Whether a rule is for everyone, or for every pod of all namespaces or its own.</summary>
    private static bool IsWide(GroupedRule rule) => rule.IsForEveryone
        || rule.Peers.Any(peer => peer.Peer is { IpBlock: null, NamespaceSelector: null or { IsEverything: true }, PodSelector: null or { IsEverything: true } });

    /// <summary>Whether a policy's rules admit what another's do, by the pods that are here.</summary>
    private static bool IsCovered(LintContext context, GroupedPolicy inner, GroupedPolicy outer, Direction direction)
    {
        var own = context.Snapshot.FindNamespace(inner.Policy.Namespace)!;
        return inner.Rules(direction).All(rule => PeersOf(rule).All(at => IsCovered(rule, at, outer.Rules(direction), own)
            || (at >= 0 && rule.Peers[at].Block is null && outer.Rules(direction).Any(other => Implied.PortsBy(other, rule) && Enumerable.Range(0, other.Peers.Length).Any(peer => Holds(other, peer, rule, at))))));

        bool Holds(GroupedRule outerRule, int outerPeer, GroupedRule innerRule, int innerPeer) =>
            outerRule.Peers[outerPeer] is { Block: null } peer && peer.Groups.IsSupersetOf(innerRule.Peers[innerPeer].Groups)
            && PossiblyOf(outer, outerRule, outerPeer).IsSupersetOf(PossiblyOf(inner, innerRule, innerPeer));

        GroupSet PossiblyOf(GroupedPolicy policy, GroupedRule rule, int peer) => context.Possibly(policy).Rules(direction)[rule.Index].Peers[peer].Groups;
    }
}
