using Ringfence.Model;
using Ringfence.Model.Decoding;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>A podSelector without namespaceSelector whose pods are all in other namespaces.</summary>
internal sealed class OtherNamespace : LintRule
{
    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF011",
        Slug = "other-namespace",
        Severity = Severity.Warning,
        SecuritySeverity = 3.0,
        Title = "A podSelector for pods of another namespace",
        Explanation =
            """
            A `podSelector` without a `namespaceSelector` in the same item means pods of the policy's **own** namespace, never those of another. Where only pods of other namespaces have its
            labels, it admits nobody.
            """,
        Mend = "Add a `namespaceSelector` to the same item, without another hyphen: then both must match.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors",
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: model-monitor, namespace: ml-ops, labels: {app: model-monitor}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: rag-api, namespace: ai-platform, labels: {app: rag-api}}
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: rag-api, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: rag-api}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: model-monitor}}}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: rag-api, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: rag-api}}
              ingress:
              - from:
                - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ml-ops}}
                  podSelector: {matchLabels: {app: model-monitor}}
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        foreach (var unmatched in UnmatchedPeer.Find(context))
        {
            if (unmatched is { Missing: { } missing, Peer.NamespaceSelector: null }) findings.Unknown(unmatched.Policy, missing);
            else if (!unmatched.Elsewhere.IsEmpty) findings.Add(Found(context, findings, unmatched));
        }
    }

    private Finding Found(LintContext context, Findings findings, UnmatchedPeer unmatched)
    {
        var (policy, peer) = (unmatched.Policy, unmatched.Peer);
        var there = unmatched.Elsewhere.Select(entry => entry.Namespace).Distinct().Order(StringComparer.Ordinal).ToList();
        var names = unmatched.Elsewhere.Select(entry => entry.Name).Order(StringComparer.Ordinal).ToList();
        var finding = new Finding(
            Card, policy, peer.Location, $"without a namespaceSelector it means pods {peer.PodSelector} of namespace {policy.Namespace}, and there are none; {ChangeText.Some(names)} {(names.Count == 1 ? "is" : "are")} elsewhere")
        {
            Field = unmatched.Path,
        };
        if (there is not [var only]) return finding with { Mend = $"add to the same item the namespaceSelector of those that are meant: {ChangeText.Some(there)}" };
        var selector = LabelSelector.Label(Namespace.NameLabel, only);
        return finding with
        {
            Mend = $"add to the same item namespaceSelector: {{matchLabels: {{{Namespace.NameLabel}: {only}}}}}",
            Edits = [new ManifestEdit(policy, EditKind.Set, $"{unmatched.Path}.namespaceSelector", $"matchLabels:\n  {Namespace.NameLabel}: {YamlScalars.Write(only)}")],
            Effects = findings.AreMany ? [] : context.Tell(
                context.WhatIf(policy, unmatched.With(peer with { NamespaceSelector = selector })), gains: $"with a namespaceSelector for {only}, {{0}} could open {{2}} to {{1}}"),
        };
    }
}
