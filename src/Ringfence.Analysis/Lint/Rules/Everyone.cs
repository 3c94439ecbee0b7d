using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>Rules that admit everyone, or every pod, where that may not be what they look like.</summary>
internal sealed class Everyone : LintRule
{
    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF005",
        Slug = "everyone",
        Severity = Severity.Warning,
        SecuritySeverity = 7.5,
        Title = "A rule that admits everyone",
        Explanation =
            """
            In a rule, what is left out or left empty does not restrict: without `from` (or `to`), with `from: []`, and where a list item is null, the rule admits **everyone**, addresses
            outside the cluster included. An empty `namespaceSelector: {}` matches every namespace, an empty `podSelector: {}` every pod, and beside them the narrower items of the
            same list make no difference, because items are alternatives.

            Kept silent: default denials (`podSelector: {}` of the policy itself restricts), rules for DNS, ports that an Ingress or a LoadBalancer or NodePort Service opens to the
            world anyway, and a lone `podSelector: {}`, which says what it does. A note, not a warning: a policy whose only rule is `{}`, the documented way to admit everything, what
            pods may call, and every namespace on some ports.
            """,
        Mend = "Name who may come in. If everyone is meant, write the rule as `{}` in a policy of its own.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#allow-all-ingress-traffic",
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: orders-db, namespace: shop, labels: {app: orders-db}}
            spec: {containers: [{name: db, image: orders-db, ports: [{containerPort: 5432}]}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: orders, namespace: shop, labels: {app: orders}}
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: orders-db, namespace: shop}
            spec:
              podSelector: {matchLabels: {app: orders-db}}
              ingress:
              - ports: [{port: 5432}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: orders-db, namespace: shop}
            spec:
              podSelector: {matchLabels: {app: orders-db}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: orders}}}]
                ports: [{port: 5432}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        var doors = new FrontDoors(context);

        // What rules for everyone that come earlier admit already: one like them changes nothing more.
        var admitted = new Dictionary<(PodGroup, Direction), ConnectionSet>();
        foreach (var policy in context.Groups.Policies)
            foreach (var direction in (ReadOnlySpan<Direction>)[Direction.Ingress, Direction.Egress])
                foreach (var rule in policy.Rules(direction))
                {
                    if (!rule.IsForEveryone)
                    {
                        JudgePeers(context, findings, doors, policy, rule);
                        continue;
                    }

                    if (context.MissingWorkloadsOf(policy.Policy.Namespace) is { } missing) findings.Unknown(policy.Policy, missing);
                    else if (Adds(admitted, policy, rule) && Describe(policy, rule, doors) is { } told) findings.Add(Tell(context, policy, rule, told.Severity, told.Message));
                }
    }

    /// <summary>Whether a rule admits more than those before it, for some pods.</summary>
    private static bool Adds(Dictionary<(PodGroup, Direction), ConnectionSet> admitted, GroupedPolicy policy, GroupedRule rule)
    {
        var adds = false;
        foreach (var group in policy.Selected)
        {
            var before = admitted.GetValueOrDefault((group, rule.Direction), ConnectionSet.None);
            var after = before.Union(rule.Direction == Direction.Ingress ? rule.PortsAt(group) : rule.NumberedPorts);
            adds |= !after.Equals(before);
            admitted[(group, rule.Direction)] = after;
        }

        return adds;
    }

    private static (Severity Severity, string Message)? Describe(GroupedPolicy policy, GroupedRule rule, FrontDoors doors)
    {
        var (field, isIngress) = rule.Direction == Direction.Ingress ? ("from", true) : ("to", false);
        if (rule.Rule.Form == EveryoneForm.NullRule)
            return (Severity.Warning, "the rule is null, a list item with nothing in it, and that admits everyone on every port");
        if (DnsReach.IsOnlyDns(rule)) return null;
        if (rule.Rule.Form == EveryoneForm.Empty)
            return (Severity.Warning, $"its `{field}` is empty, and that means everyone, not nobody");
        var others = policy.Rules(rule.Direction).Count(other => !other.IsForEveryone);
        if (rule.Rule.Ports.IsEmpty)
        {
            return others == 0
                ? (Severity.Note, $"the empty rule admits everyone on every port: the policy restricts no {(isIngress ? "ingress" : "egress")}")
                : (Severity.Warning, $"the empty rule admits everyone on every port, so the policy's other {(others == 1 ? "rule makes" : $"{others} rules make")} no difference");
        }

        if (!isIngress) return (Severity.Note, "without `to` the rule admits every destination, addresses outside the cluster included, on these ports");
        return policy.Selected.All(group => doors.Open(group, rule.PortsAt(group)))
            ? null
            : (Severity.Warning, "without `from` the rule admits everyone, addresses outside the cluster included, on these ports");
    }

    private Finding Tell(LintContext context, GroupedPolicy policy, GroupedRule rule, Severity severity, string message)
    {
        var ports = rule.NumberedPorts.IsEmpty || !rule.Rule.Ports.All(port => port.Name is null) ? "its ports" : rule.NumberedPorts.IsAll ? "every port" : rule.NumberedPorts.ToString();
        var names = context.NamesOf(policy.Selected);
        return new Finding(Card, policy.Policy, rule.Rule.Location, message)
        {
            Severity = severity,
            Field = rule.Path,
            Effects = [rule.Direction == Direction.Ingress ? $"every pod and every address outside the cluster may connect to {names} on {ports}" : $"{names} may connect to every pod and every address outside the cluster on {ports}"],
        };
    }

    /// <summary>Blank selectors: beside narrower peers, or for every namespace.</summary>
    private void JudgePeers(LintContext context, Findings findings, FrontDoors doors, GroupedPolicy policy, GroupedRule rule)
    {
        var peers = rule.Peers;
        for (var i = 0; i < peers.Length; i++)
        {
            if (peers[i].Peer is not { IpBlock: null, PodSelector: null or { IsEverything: true } } peer) continue;
            var isEverywhere = peer.NamespaceSelector is { IsEverything: true };
            if (!isEverywhere && peer.NamespaceSelector is not null) continue;
            var swallowed = peers.Where(other => other.Peer.IpBlock is null && other.Peer != peer && (isEverywhere || (other.Peer.NamespaceSelector is null && other.Peer.PodSelector is { IsEverything: false }))).ToList();
            var word = rule.Direction == Direction.Ingress ? "from" : "to";
            if (swallowed.Count > 0 && !IsHyphenTrap(peers, i))
            {
                if (policy.Selected.IsEmpty || peers[i].Groups.Except(swallowed.Aggregate(swallowed[0].Groups, (sum, other) => sum.Union(other.Groups))).IsEmpty) continue;
                findings.Add(new Finding(Card, policy.Policy, peer.Location,
                    $"it means {peers[i].Describe(policy.Policy.Namespace)}, so {(swallowed.Count == 1 ? $"the other item ({swallowed[0].Describe(policy.Policy.Namespace)}) makes" : $"{swallowed.Count} other items of `{word}` make")} no difference")
                {
                    Field = rule.PathOf(i),
                });
            }
            else if (swallowed.Count == 0 && isEverywhere && !policy.Selected.IsEmpty && !DnsReach.IsOnlyDns(rule))
            {
                var isOpen = rule.Direction == Direction.Ingress && !rule.Rule.Ports.IsEmpty && policy.Selected.All(group => doors.Open(group, rule.PortsAt(group)));
                if (isOpen || (rule.Direction == Direction.Egress && !rule.Rule.Ports.IsEmpty)) continue;
                findings.Add(new Finding(Card, policy.Policy, peer.Location, $"an empty namespaceSelector matches every namespace: it admits every pod of the cluster{(rule.Rule.Ports.IsEmpty ? " on every port" : " on these ports")}")
                {
                    Severity = rule.Direction == Direction.Ingress && rule.Rule.Ports.IsEmpty ? Severity.Warning : Severity.Note,
                    Field = rule.PathOf(i),
                });
            }
        }
    }

    /// <summary>Whether it stands next to a peer with a podSelector alone, of which another rule speaks: the two may have been meant as one.</summary>
    private static bool IsHyphenTrap(ImmutableArray<GroupedPeer> peers, int at) =>
        peers[at].Peer is { NamespaceSelector: not null, PodSelector: null }
        && new[] { at - 1, at + 1 }.Any(next => next >= 0 && next < peers.Length && peers[next].Peer is { NamespaceSelector: null, PodSelector.IsEverything: false });
}
