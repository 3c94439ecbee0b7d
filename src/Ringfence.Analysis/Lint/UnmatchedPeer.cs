using System.Collections.Immutable;
using Ringfence.Analysis.Lint.Rules;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>A peer with a podSelector that matches no pod, in a policy that selects some.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Index">The peer's place in the rule.</param>
/// <param name="Namespaces">The namespaces that it means, by name.</param>
/// <param name="Elsewhere">The workloads of other namespaces that a podSelector without namespaceSelector fits.</param>
/// <param name="Missing">What the input lacks to be sure that no pod matches; null where it lacks nothing.</param>
internal sealed record UnmatchedPeer(
    NetworkPolicy Policy, GroupedRule Rule, int Index, ImmutableArray<string> Namespaces, ImmutableArray<ViewEntry> Elsewhere, string? Missing)
{
    /// <summary>The peer.</summary>
    public PolicyPeer Peer => Rule.Peers[Index].Peer;

    /// <summary>What it means, wherever it is written.</summary>
    public PeerMeaning Meaning => PeerMeaning.Of(Peer, Policy);

    /// <summary>Its field path.</summary>
    public string Path => Rule.PathOf(Index);

    /// <summary>The policy with another peer in its place.</summary>
    public NetworkPolicy With(PolicyPeer peer) => Policy.WithRule(Rule.Direction, Rule.Index, Rule.Rule with { Peers = Rule.Rule.Peers.SetItem(Index, peer) });

    /// <summary>Every such peer.</summary>
    public static IEnumerable<UnmatchedPeer> Find(LintContext context)
    {
        var known = new Dictionary<PeerMeaning, (ImmutableArray<string> Namespaces, bool HasPods)>();
        for (var at = 0; at < context.Groups.Policies.Length; at++)
        {
            var policy = context.Groups.Policies[at];
            if (policy.Selected.IsEmpty && context.MissingWorkloadsOf(policy.Policy.Namespace) is null) continue;
            foreach (var direction in (Direction[])[Direction.Ingress, Direction.Egress])
                foreach (var rule in policy.Rules(direction))
                    for (var i = 0; i < rule.Peers.Length; i++)
                    {
                        if (rule.Peers[i] is not { Peer.PodSelector: { } pods, Groups.IsEmpty: true } || !NamesPods(pods)) continue;
                        var possible = context.Possible.Policies[at].Rules(direction)[rule.Index].Peers[i];
                        if (Of(context, policy.Policy, rule, i, possible, known) is { } unmatched) yield return unmatched;
                    }
        }
    }

    /// <summary>Whether a selector says what labels pods have. One that says only what they do not have means whatever comes, as <c>{}</c> does.</summary>
    public static bool NamesPods(LabelSelector pods) => pods.Requirements.Any(requirement => requirement.Operator is SelectorOperator.In or SelectorOperator.Exists);

    private static UnmatchedPeer? Of(
        LintContext context, NetworkPolicy policy, GroupedRule rule, int at, GroupedPeer possible,
        Dictionary<PeerMeaning, (ImmutableArray<string> Namespaces, bool HasPods)> known)
    {
        var peer = rule.Peers[at].Peer;
        var pods = peer.PodSelector!;
        var key = PeerMeaning.Of(peer, policy);
        if (!known.TryGetValue(key, out var there))
        {
            ImmutableArray<string> names = peer.NamespaceSelector is null
                ? [policy.Namespace]
                : [.. context.Snapshot.Namespaces.Where(item => peer.NamespaceSelector.Matches(item.Labels)).Select(item => item.Name)];
            known.Add(key, there = (names, names.Any(name => context.Workloads.Has(name, pods))));
        }

        var meant = there.Namespaces;
        var unmatched = new UnmatchedPeer(policy, rule, at, meant, [], null);
        if (!possible.Groups.IsEmpty)
        {
            var other = possible.Groups.Select(group => group.Namespace).First(name => name is not null && !meant.Contains(name));
            return unmatched with { Namespaces = [], Missing = $"labels of namespace {other} not supplied" };
        }

        // Namespaces that nobody has are another rule's business.
        if (meant.IsEmpty || there.HasPods) return null;
        if (peer.NamespaceSelector is null)
        {
            if (context.MissingWorkloadsOf(policy.Namespace) is { } missing) return unmatched with { Missing = missing };
            if (JoinsNeighbour(context, rule, at)) return null;
            return unmatched with { Elsewhere = [.. context.Workloads.Find(pods).Where(entry => entry.Namespace != policy.Namespace)] };
        }

        if (context.IsWholeCluster && context.PodsOf("kube-system").Any()) return unmatched;
        if (peer.NamespaceSelector.IsEverything) return unmatched with { Missing = $"no pods {pods} supplied" };
        return unmatched with { Missing = meant.Select(context.MissingWorkloadsOf).FirstOrDefault(missing => missing is not null) };
    }

    /// <summary>Whether the peer next to it has the namespaceSelector that it lacks: a hyphen too many, which is another rule's business.</summary>
    private static bool JoinsNeighbour(LintContext context, GroupedRule rule, int at)
    {
        foreach (var next in (int[])[at - 1, at + 1])
            if (next >= 0 && next < rule.Peers.Length && rule.Peers[next].Peer is var neighbour && HyphenTrap.ArePair(rule.Peers[at].Peer, neighbour)
                && context.Match(neighbour.NamespaceSelector, rule.Peers[at].Peer.PodSelector, "").Any()) return true;
        return false;
    }
}

/// <summary>What a peer with a podSelector means: equal for all that mean the same pods.</summary>
/// <param name="Own">The policy's namespace where the peer has no namespaceSelector; else empty.</param>
/// <param name="Namespaces">The namespaces; null for the policy's own.</param>
/// <param name="Pods">The pods.</param>
internal readonly record struct PeerMeaning(string Own, LabelSelector? Namespaces, LabelSelector Pods)
{
    /// <summary>What a peer means.</summary>
    public static PeerMeaning Of(PolicyPeer peer, NetworkPolicy policy) => new(peer.NamespaceSelector is null ? policy.Namespace : "", peer.NamespaceSelector, peer.PodSelector!);
}
