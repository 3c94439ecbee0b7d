using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>Peers that match no pod, although the namespaces that they mean have pods.</summary>
internal sealed class PeerMatchesNothing : LintRule
{
    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF009",
        Slug = "peer-matches-nothing",
        Severity = Severity.Warning,
        SecuritySeverity = 3.0,
        Title = "A peer that matches no pod",
        Explanation =
            """
            A `podSelector` in `from` or `to` admits the pods that have its labels. Where none has them, the peer is accepted and admits nobody: what it was written for does not work,
            and whoever may make a pod with these labels later passes it.
            """,
        Mend = "Give the selector the labels that the pods have. Take the peer away if the pods are gone.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors",
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: vector-db, namespace: ai-platform, labels: {app: vector-db}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: rag-api, namespace: ai-platform, labels: {app: rag-api}}
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: vector-db, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: vector-db}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: rag-ap}}}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: vector-db, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: vector-db}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: rag-api}}}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        var nearest = new Dictionary<PeerMeaning, NearLabel?>();
        foreach (var unmatched in UnmatchedPeer.Find(context))
        {
            if (!unmatched.Elsewhere.IsEmpty) continue;
            if (!nearest.TryGetValue(unmatched.Meaning, out var near))
                nearest.Add(unmatched.Meaning, near = context.Workloads.Nearest(unmatched.Namespaces, unmatched.Peer.PodSelector!));
            if (unmatched.Missing is { } missing && near is not { IsSlip: true }) findings.Unknown(unmatched.Policy, missing);
            else findings.Add(Found(context, findings, unmatched, near));
        }
    }

    private Finding Found(LintContext context, Findings findings, UnmatchedPeer unmatched, NearLabel? near)
    {
        var (policy, peer, path) = (unmatched.Policy, unmatched.Peer, $"{unmatched.Path}.podSelector");
        var whom = unmatched.Rule.Peers[unmatched.Index].Describe(policy.Namespace);
        var finding = new Finding(Card, policy, peer.Location, $"it means {whom}, and there are none, so it {(unmatched.Rule.Direction == Direction.Ingress ? "admits nobody" : "opens nothing")}") { Field = path };
        if (near is null) return finding;
        finding = finding with { Message = $"{finding.Message}; the nearest label is {near}", Edits = near.Edits(policy, path) };
        if (!near.IsSlip) return finding;
        var label = $"{near.Key}: {near.Value}";
        return finding with
        {
            Mend = $"write {label}",
            Effects = findings.AreMany ? [] : context.Tell(
                context.WhatIf(policy, unmatched.With(peer with { PodSelector = near.Mend(peer.PodSelector!) })), gains: $"with {label}, {{0}} could open {{2}} to {{1}}"),
        };
    }
}
