using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>Egress rules without policyTypes isolate ingress too.</summary>
internal sealed class ImpliedIngress : LintRule
{
    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF003",
        Slug = "implied-ingress",
        Severity = Severity.Warning,
        SecuritySeverity = 3.0,
        Title = "Egress rules without policyTypes deny ingress as well",
        Explanation =
            """
            Without `policyTypes`, a policy always isolates its pods for **ingress**, and for egress only if it has egress rules. A policy that has egress rules alone therefore
            lets nothing in, although it does not mention ingress. The rule speaks up where that closes a connection on this cluster.
            """,
        Mend = "Write `policyTypes: [Egress]` if ingress is none of the policy's business, or `policyTypes: [Ingress, Egress]` if the denial is meant.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource",
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: rag-api, namespace: ai-platform, labels: {app: rag-api}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: chat-ui, namespace: ai-platform, labels: {app: chat-ui}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: vector-db, namespace: ai-platform, labels: {app: vector-db}}
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: rag-api-egress, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: rag-api}}
              egress:
              - to: [{podSelector: {matchLabels: {app: vector-db}}}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: rag-api-egress, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: rag-api}}
              policyTypes: [Egress]
              egress:
              - to: [{podSelector: {matchLabels: {app: vector-db}}}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        foreach (var policy in context.Objects.NetworkPolicies)
        {
            if (policy is not { TypesDefaulted: true, AffectsEgress: true, Ingress.IsEmpty: true }) continue;
            if (context.MissingWorkloadsOf(policy.Namespace) is { } missing)
            {
                findings.Unknown(policy, missing);
                continue;
            }

            var changes = context.WhatIf(policy, policy with { AffectsIngress = false, TypesDefaulted = false });
            if (changes.IsEmpty) continue;
            findings.Add(new Finding(Card, policy, policy.Location, "it has egress rules and no policyTypes, so it also isolates its pods for ingress, and admits nothing")
            {
                Field = "spec.policyTypes",
                Effects = context.Tell(changes, gains: "for want of policyTypes, {0} cannot open {2} to {1}"),
                Mend = "add policyTypes: [Egress]; if the denial is meant, [Ingress, Egress]",
                Edits = [new ManifestEdit(policy, EditKind.Set, "spec.policyTypes", "[Egress]")],
            });
        }
    }
}
