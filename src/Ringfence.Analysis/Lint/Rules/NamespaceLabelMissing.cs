using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>namespaceSelectors whose labels no namespace has.</summary>
internal sealed class NamespaceLabelMissing : LintRule
{
    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF010",
        Slug = "namespace-label-missing",
        Severity = Severity.Warning,
        SecuritySeverity = 4.0,
        Title = "A namespaceSelector whose labels no namespace has",
        Explanation =
            """
            A `namespaceSelector` selects namespaces by their **labels**, not by their names. The only label that every namespace has by itself is `kubernetes.io/metadata.name`, with its
            name; `name: kube-system` matches nothing unless somebody gave that label. Whoever may set labels on namespaces decides who passes such a rule.
            """,
        Mend = "Select by `kubernetes.io/metadata.name`, correct the label, or give it to the namespace that is meant.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-namespace-by-its-name",
        Cluster =
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: ml-ops, labels: {team: platform}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: model-monitor, namespace: ml-ops, labels: {app: model-monitor}}
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: ai-platform}
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
              - from: [{namespaceSelector: {matchLabels: {name: ml-ops}}}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: rag-api, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: rag-api}}
              ingress:
              - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ml-ops}}}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        var known = new Dictionary<LabelSelector, Absence?>();
        foreach (var policy in context.Groups.Policies)
            foreach (var direction in (ReadOnlySpan<Direction>)[Direction.Ingress, Direction.Egress])
                foreach (var rule in policy.Rules(direction))
                    for (var i = 0; i < rule.Peers.Length; i++)
                    {
                        if (rule.Peers[i].Peer.NamespaceSelector is not { IsEverything: false } selector || !rule.Peers[i].Groups.IsEmpty) continue;
                        if (!known.TryGetValue(selector, out var absence)) known.Add(selector, absence = Absence.Of(context, selector));
                        if (absence is { Missing: { } missing }) findings.Unknown(policy.Policy, missing);
                        else if (absence is not null) findings.Add(Found(context, findings, policy.Policy, rule, i, absence.Near));
                    }
    }

    private Finding Found(LintContext context, Findings findings, NetworkPolicy policy, GroupedRule rule, int at, NearLabel? near)
    {
        var peer = rule.Peers[at].Peer;
        var selector = peer.NamespaceSelector!;
        var path = $"{rule.PathOf(at)}.namespaceSelector";
        var finding = new Finding(Card, policy, peer.Location, $"no namespace has the {(selector.Requirements.Length == 1 ? "label" : "labels")} {selector}, so this peer matches nobody") { Field = path };
        if (near is null) return finding;
        var label = $"{near.Key}: {near.Value}";
        var mended = rule.Rule with { Peers = rule.Rule.Peers.SetItem(at, peer with { NamespaceSelector = near.Mend(selector) }) };
        return finding with
        {
            Message = $"{finding.Message}; the nearest is {near}",
            Mend = near.IsSlip ? $"write {label}" : near.Key == Namespace.NameLabel ? $"write {label}, or give that namespace the label {near.Wanted}" : null,
            Edits = near.Edits(policy, path),
            Effects = findings.AreMany ? [] : context.Tell(context.WhatIf(policy, policy.WithRule(rule.Direction, rule.Index, mended)), gains: $"with {label}, {{0}} could open {{2}} to {{1}}"),
        };
    }

    /// <summary>That no namespace has what a selector asks for.</summary>
    /// <param name="Near">The nearest label; null where none comes near.</param>
    /// <param name="Missing">What the input lacks to be sure; null where it lacks nothing.</param>
    private sealed record Absence(NearLabel? Near, string? Missing)
    {
        // What people take for the name of a namespace.
        private static readonly ImmutableArray<string> NameKeys = ["name", "namespace", "ns"];

        /// <summary>Null where a namespace has it.</summary>
        public static Absence? Of(LintContext context, LabelSelector selector)
        {
            foreach (var item in context.Snapshot.Namespaces)
            {
                if (Fits(item, selector)) return item.Declared || selector.Requirements.All(requirement => requirement.Key == Namespace.NameLabel) ? null : new Absence(null, $"labels of namespace {item.Name} not supplied");
            }

            var near = NamedBy(context.Snapshot, selector) ?? NearLabel.Find(selector, context.Snapshot.Namespaces.Select(item => (item.Name, item.Labels)));
            var isSure = context.IsWholeCluster || near is { IsSlip: true } or { Key: Namespace.NameLabel, Wanted.Key: not Namespace.NameLabel };
            return new Absence(near, isSure ? null : $"no namespace with {selector} supplied");
        }

        /// <summary>Whether a namespace has the labels, or may have them where they are not known.</summary>
        private static bool Fits(SnapshotNamespace item, LabelSelector selector) =>
            selector.Requirements.All(requirement => requirement.Matches(item.Labels) || (!item.Declared && requirement.Key != Namespace.NameLabel));

        /// <summary>A namespace whose name is asked for under another key.</summary>
        private static NearLabel? NamedBy(Snapshot snapshot, LabelSelector selector)
        {
            foreach (var wanted in selector.Requirements)
            {
                if (wanted is not { Operator: SelectorOperator.In, Values: [var name], Key: not Namespace.NameLabel }) continue;
                if (snapshot.FindNamespace(name) is { } found && selector.Requirements.All(other => ReferenceEquals(other, wanted) || other.Matches(found.Labels)))
                    return new NearLabel(wanted, Namespace.NameLabel, name, [name], NameKeys.Contains(wanted.Key[(wanted.Key.LastIndexOf('/') + 1)..]));
            }

            return null;
        }
    }
}
