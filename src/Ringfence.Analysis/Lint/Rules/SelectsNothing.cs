using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>Policies whose podSelector selects no pod.</summary>
internal sealed class SelectsNothing : LintRule
{
    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF008",
        Slug = "selects-nothing",
        Severity = Severity.Warning,
        SecuritySeverity = 7.0,
        Title = "A policy that selects no pod",
        Explanation =
            """
            A policy protects the pods of its own namespace that have the labels of `spec.podSelector`. The API server does not ask whether there are any: with a label misspelled, or in
            the wrong namespace, the policy is accepted and protects nothing, and the pods that it was meant for stay open. A selector that says at most what labels pods do
            **not** have, such as `{}`, is not reported: it selects whatever pods come.
            """,
        Mend = "Give the selector the labels that the pods have, or move the policy to their namespace. Take it away if the pods are gone.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource",
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
              podSelector: {matchLabels: {app: vectordb}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: rag-api}}}]
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
        foreach (var grouped in context.Groups.Policies)
        {
            var policy = grouped.Policy;
            if (!grouped.Selected.IsEmpty || !UnmatchedPeer.NamesPods(policy.PodSelector)) continue;
            if (context.MissingWorkloadsOf(policy.Namespace) is { } missing) findings.Unknown(policy, missing);
            else if (!context.Workloads.Has(policy.Namespace, policy.PodSelector)) findings.Add(Found(context, findings, policy));
        }
    }

    private Finding Found(LintContext context, Findings findings, NetworkPolicy policy)
    {
        var finding = new Finding(Card, policy, policy.Location, $"it selects pods {policy.PodSelector}, and namespace {policy.Namespace} has none, so it protects nothing") { Field = "spec.podSelector" };
        if (context.Workloads.Nearest([policy.Namespace], policy.PodSelector) is { } near)
        {
            finding = finding with { Message = $"{finding.Message}; the nearest label is {near}", Edits = near.Edits(policy, "spec.podSelector") };
            if (!near.IsSlip) return finding;
            return finding with
            {
                Mend = $"write {near.Key}: {near.Value}",
                Effects = findings.AreMany ? [] : context.Tell(
                    context.WhatIf(policy, policy with { PodSelector = near.Mend(policy.PodSelector) }), gains: "as it is, {0} cannot open {2} to {1}", losses: "as it is, {0} can open {2} to {1}"),
            };
        }

        var elsewhere = context.Workloads.Find(policy.PodSelector).Select(entry => entry.Namespace).Distinct().Order(StringComparer.Ordinal).ToList();
        return elsewhere.Count == 0 ? finding : finding with { Message = $"{finding.Message}; pods with these labels are in {Namespaces(elsewhere)}", Mend = "a policy selects pods of its own namespace: put it there" };
    }

    private static string Namespaces(List<string> names) => $"{(names.Count == 1 ? "namespace" : "namespaces")} {ChangeText.Some(names)}";
}
