using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>Rules of a direction that policyTypes leaves out.</summary>
internal sealed class InertRules : LintRule
{
    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF004",
        Slug = "inert-rules",
        Severity = Severity.Error,
        SecuritySeverity = 8.0,
        Title = "Rules of a direction that policyTypes leaves out",
        Explanation =
            """
            `policyTypes` says which directions a policy concerns. Rules of a direction that it does not name are accepted and never applied: egress rules beside
            `policyTypes: [Ingress]` restrict nothing, so the pods can still call everything. The rule compares the policy with one that names the direction, and keeps silent where
            that would change nothing on this cluster.
            """,
        Mend = "Name the direction in `policyTypes`, or take the rules away.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource",
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: rag-api, namespace: ai-platform, labels: {app: rag-api}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: vector-db, namespace: ai-platform, labels: {app: vector-db}}
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: rag-api, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: rag-api}}
              policyTypes: [Ingress]
              egress:
              - to: [{podSelector: {matchLabels: {app: vector-db}}}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: rag-api, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: rag-api}}
              policyTypes: [Ingress, Egress]
              egress:
              - to: [{podSelector: {matchLabels: {app: vector-db}}}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        foreach (var policy in context.Objects.NetworkPolicies)
            foreach (var direction in (ReadOnlySpan<Direction>)[Direction.Ingress, Direction.Egress])
                if (!policy.Affects(direction) && !policy.Rules(direction).IsEmpty) Judge(context, findings, policy, direction);
    }

    private void Judge(LintContext context, Findings findings, NetworkPolicy policy, Direction direction)
    {
        if (context.MissingWorkloadsOf(policy.Namespace) is { } missing)
        {
            findings.Unknown(policy, missing);
            return;
        }

        var meant = direction == Direction.Ingress ? policy with { AffectsIngress = true } : policy with { AffectsEgress = true };
        var changes = context.WhatIf(policy, meant);
        if (changes.IsEmpty) return;
        var (field, types) = direction == Direction.Ingress ? ("ingress", "Ingress") : ("egress", "Egress");
        var all = meant is { AffectsIngress: true, AffectsEgress: true } ? "[Ingress, Egress]" : $"[{types}]";
        var rules = policy.Rules(direction);
        findings.Add(new Finding(Card, policy, rules[0].Location,
            $"policyTypes does not name {types}, so the policy's {(rules.Length == 1 ? $"{field} rule is" : $"{rules.Length} {field} rules are")} never applied")
        {
            Field = $"spec.{field}",
            Effects = context.Tell(changes, gains: $"with {types} in policyTypes, {{0}} could open {{2}} to {{1}}", losses: $"with {types} in policyTypes, {{0}} could no longer open {{2}} to {{1}}"),
            Mend = $"write policyTypes: {all}, or take the {field} rules away",
            Edits = [new ManifestEdit(policy, EditKind.Append, "spec.policyTypes", types)],
        });
    }
}
