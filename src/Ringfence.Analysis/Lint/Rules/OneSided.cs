using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>Rules for named peers whose own policies deny every connection that the rule was written for.</summary>
internal sealed class OneSided : LintRule
{
    private const int MostEffects = 3;

    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF012",
        Slug = "one-sided",
        Severity = Severity.Warning,
        SecuritySeverity = 2.0,
        Title = "A rule that the other side's policies make useless",
        Explanation =
            """
            A connection needs both sides: the **egress** of its source and the **ingress** of its destination. Where the peers of a rule are isolated for the other direction and no policy
            of theirs lets the connection through, the rule alone opens nothing. The rule speaks up where that holds for every pod that a peer means and every port.
            """,
        Mend = "Allow the connection on the other side too, or take the rule away.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation",
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: rag-api, namespace: ai-platform, labels: {app: rag-api}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: vector-db, namespace: ai-platform, labels: {app: vector-db}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: coredns, namespace: kube-system, labels: {k8s-app: kube-dns}}
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: dns-only, namespace: ai-platform}
            spec:
              podSelector: {}
              policyTypes: [Egress]
              egress:
              - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]
                ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: vector-db, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: vector-db}}
              policyTypes: [Ingress]
              ingress:
              - from: [{podSelector: {matchLabels: {app: rag-api}}}]
                ports: [{port: 6333}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: vector-db, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: vector-db}}
              policyTypes: [Ingress]
              ingress:
              - from: [{podSelector: {matchLabels: {app: rag-api}}}]
                ports: [{port: 6333}]
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: rag-api, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: rag-api}}
              policyTypes: [Egress]
              egress:
              - to: [{podSelector: {matchLabels: {app: vector-db}}}]
                ports: [{port: 6333}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        for (var at = 0; at < context.Groups.Policies.Length; at++)
        {
            var policy = context.Groups.Policies[at];
            foreach (var direction in (ReadOnlySpan<Direction>)[Direction.Ingress, Direction.Egress])
                foreach (var rule in policy.Rules(direction))
                    for (var i = 0; i < rule.Peers.Length; i++)
                    {
                        if (!IsNarrow(rule.Peers[i].Peer) || !IsDenied(context.Groups, policy, rule, i)) continue;
                        var possible = context.Possible.Policies[at];
                        if (IsDenied(context.Possible, possible, possible.Rules(direction)[rule.Index], i)) findings.Add(Found(context, policy, rule, i));
                        else findings.Unknown(policy.Policy, context.Snapshot.Namespaces.Any(item => !item.Declared) ? "labels of some namespaces not supplied" : "addresses of some pods not supplied");
                    }
        }
    }

    /// <summary>Whether a peer names pods or namespaces by labels that they have.</summary>
    private static bool IsNarrow(PolicyPeer peer) =>
        peer.IpBlock is null && new[] { peer.PodSelector, peer.NamespaceSelector }
            .Any(selector => selector?.Requirements.Any(requirement => requirement.Operator is SelectorOperator.In or SelectorOperator.Exists) is true);

    /// <summary>Whether there are pairs of pods that a peer means, and the other side denies each of them all ports of the rule.</summary>
    private static bool IsDenied(PodGroups groups, GroupedPolicy policy, GroupedRule rule, int at)
    {
        var any = false;
        foreach (var other in rule.Peers[at].Groups)
            foreach (var own in policy.Selected)
            {
                // One pod needs no policy to reach itself; no peer matches a pod without address yet.
                if ((own == other && own.Pods.Length == 1) || own.IsWaiting) continue;
                var asked = rule.PortsAt(rule.Direction == Direction.Ingress ? own : other);
                if (asked.IsEmpty) continue;
                if (groups.Admitted(Opposite(rule.Direction), other, own).Overlaps(asked)) return false;
                any = true;
            }

        return any;
    }

    private Finding Found(LintContext context, GroupedPolicy policy, GroupedRule rule, int at)
    {
        var peer = rule.Peers[at];
        var isIngress = rule.Direction == Direction.Ingress;
        var whom = context.NamesOf(peer.Groups);
        return new Finding(Card, policy.Policy, peer.Peer.Location, isIngress
            ? $"it admits {whom}, whose own egress lets none of that out"
            : $"it lets connections out to {whom}, whose own ingress lets none of them in")
        {
            Field = rule.PathOf(at),
            Effects = Denials(context, policy, rule, peer),
            Mend = isIngress ? $"allow it in an egress rule for {whom} too, or take the peer away" : $"allow it in an ingress rule for {whom} too, or take the peer away",
        };
    }

    private static ImmutableArray<string> Denials(LintContext context, GroupedPolicy policy, GroupedRule rule, GroupedPeer peer)
    {
        var other = Opposite(rule.Direction);
        var own = context.NamesOf(policy.Selected);
        var effects = ImmutableArray.CreateBuilder<string>();
        foreach (var denied in peer.Groups.GroupBy(group => ChangeText.Some([.. group.Policies.Where(each => each.Policy.Affects(other)).Select(each => each.Policy.QualifiedName).Order(StringComparer.Ordinal)])).Take(MostEffects))
        {
            var others = context.NamesOf(denied.SelectMany(group => group.Pods.ToArray()));
            var destinations = rule.Direction == Direction.Ingress ? policy.Selected : (IEnumerable<PodGroup>)denied;
            var ports = destinations.Aggregate(ConnectionSet.None, (all, group) => all.Union(rule.PortsAt(group)));
            var (source, destination) = rule.Direction == Direction.Ingress ? (others, own) : (own, others);
            effects.Add($"{source} cannot open {(ports.IsAll ? "any connection" : ports)} to {destination}: {(other == Direction.Egress ? "egress" : "ingress")} is isolated by {denied.Key}, and no rule there admits it");
        }

        return effects.DrainToImmutable();
    }

    private static Direction Opposite(Direction direction) => direction == Direction.Ingress ? Direction.Egress : Direction.Ingress;
}
