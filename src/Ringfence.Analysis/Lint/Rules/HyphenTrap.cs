using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>Two peers, one with a namespaceSelector alone and one with a podSelector alone, next to each other: one hyphen more than was meant?</summary>
internal sealed class HyphenTrap : LintRule
{
    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF001",
        Slug = "hyphen-trap",
        Severity = Severity.Warning,
        SecuritySeverity = 7.0,
        Title = "Two peers that may have been meant as one",
        Explanation =
            """
            In `from` and `to`, every list item is an alternative of its own. A `namespaceSelector` and a `podSelector` in **one** item mean pods that fit both; with a
            hyphen before each they are **two** items: every pod of those namespaces, *or* those pods of the policy's own namespace. Both are valid, and one hyphen tells them apart.
            The rule compares both readings on this cluster and speaks up only where they admit different connections.
            """,
        Mend = "If both conditions must hold, put the selectors into one item. If either is enough, say so with an exemption, or put the two into rules of their own.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors",
        Cluster =
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: ml-ops, labels: {purpose: ml-ops}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: model-monitor, namespace: ml-ops, labels: {app: model-monitor}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: notebook, namespace: ml-ops, labels: {app: notebook}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: vector-db, namespace: ai-platform, labels: {app: vector-db}}
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: vector-db, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: vector-db}}
              ingress:
              - from:
                - namespaceSelector: {matchLabels: {purpose: ml-ops}}
                - podSelector: {matchLabels: {app: model-monitor}}
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: vector-db, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: vector-db}}
              ingress:
              - from:
                - namespaceSelector: {matchLabels: {purpose: ml-ops}}
                  podSelector: {matchLabels: {app: model-monitor}}
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        foreach (var policy in context.Groups.Policies)
            foreach (var direction in (ReadOnlySpan<Direction>)[Direction.Ingress, Direction.Egress])
                foreach (var rule in policy.Rules(direction))
                    for (var i = 0; i + 1 < rule.Peers.Length; i++)
                        if (ArePair(rule.Peers[i].Peer, rule.Peers[i + 1].Peer)) Judge(context, findings, policy.Policy, rule, i);
    }

    /// <summary>Whether two peers could be meant as one: one has a namespaceSelector alone, the other a podSelector alone.</summary>
    public static bool ArePair(PolicyPeer first, PolicyPeer second) =>
        (first is { NamespaceSelector: not null, PodSelector: null } && second is { PodSelector: not null, NamespaceSelector: null })
        || (first is { PodSelector: not null, NamespaceSelector: null } && second is { NamespaceSelector: not null, PodSelector: null });

    private void Judge(LintContext context, Findings findings, NetworkPolicy policy, GroupedRule rule, int at)
    {
        if (context.Snapshot.Pods.IsEmpty)
        {
            findings.Unknown(policy, "no workloads supplied");
            return;
        }

        var (first, second) = (rule.Peers[at].Peer, rule.Peers[at + 1].Peer);
        var joined = new PolicyPeer(first.PodSelector ?? second.PodSelector, first.NamespaceSelector ?? second.NamespaceSelector, null, first.Location);
        var meant = rule.Rule with { Peers = rule.Rule.Peers.RemoveAt(at + 1).SetItem(at, joined) };
        var changes = context.WhatIf(policy, policy.WithRule(rule.Direction, rule.Index, meant));
        if (changes.IsEmpty) return;
        var own = policy.Namespace;
        findings.Add(new Finding(Card, policy, second.Location,
            $"either of two items is enough: {rule.Peers[at].Describe(own)} ({Names(context, first, own)}), or {rule.Peers[at + 1].Describe(own)} ({Names(context, second, own)}); "
            + $"in one item they would mean {Names(context, joined, own)}")
        {
            Field = rule.PathOf(at + 1),
            Effects = context.Tell(changes, gains: "as one item, {0} could open {2} to {1}", losses: "as one item, {0} could no longer open {2} to {1}"),
        });
    }

    private static string Names(LintContext context, PolicyPeer peer, string policyNamespace)
    {
        var pods = context.Match(peer.NamespaceSelector, peer.PodSelector, policyNamespace).ToList();
        return pods.Count == 0 ? "no pod here" : context.NamesOf(pods);
    }
}
