using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>Workloads that no policy isolates, and namespaces that leave pods to come open.</summary>
internal sealed class NotIsolated : LintRule
{
    // The cluster's own; closing them is another matter.
    private static readonly ImmutableArray<string> System = ["kube-system", "kube-public", "kube-node-lease"];

    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF020",
        Slug = "not-isolated",
        Severity = Severity.Note,
        SecuritySeverity = 4.0,
        Title = "Workloads or namespaces that are open by default",
        Explanation =
            """
            A pod that no policy selects for a direction is not isolated in it: every pod and every address can reach it, or it can reach them. A namespace without a policy that selects
            every pod (`podSelector: {}`) for a direction leaves pods that come later open, until somebody writes a policy for them.
            """,
        Mend = "Give the namespace a default deny for both directions, and allow what is needed beside it.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies",
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: chat-ui, namespace: ai-platform, labels: {app: chat-ui}}
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
              policyTypes: [Ingress]
              ingress:
              - from: [{podSelector: {matchLabels: {app: chat-ui}}}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: default-deny, namespace: ai-platform}
            spec:
              podSelector: {}
              policyTypes: [Ingress, Egress]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        var defaults = Defaults(context);
        var entries = context.View.Workloads.Where(entry => !entry.HostNetwork).ToLookup(entry => entry.Namespace, StringComparer.Ordinal);
        foreach (var item in context.Snapshot.Namespaces)
        {
            if (System.Contains(item.Name)) continue;
            var workloads = entries[item.Name].ToList();
            if (workloads.Count > 0) CheckNamespace(context, findings, item, workloads, defaults);
        }
    }

    private static HashSet<(string Namespace, Direction Direction)> Defaults(LintContext context)
    {
        var defaults = new HashSet<(string, Direction)>();
        foreach (var policy in context.Objects.NetworkPolicies)
            foreach (var direction in (ReadOnlySpan<Direction>)[Direction.Ingress, Direction.Egress])
                if (policy.PodSelector.IsEverything && policy.Affects(direction)) defaults.Add((policy.Namespace, direction));
        return defaults;
    }

    private void CheckNamespace(
        LintContext context, Findings findings, SnapshotNamespace item, List<ViewEntry> workloads, HashSet<(string Namespace, Direction Direction)> defaults)
    {
        var open = workloads.ConvertAll(entry => (Entry: entry, Directions: OpenDirections(context, entry)));
        if (open.TrueForAll(each => each.Directions.Length == 2))
        {
            var named = context.NamesOf(workloads.SelectMany(entry => entry.Pods));
            findings.Add(new Finding(Card, context.ObjectOf(item), item.Location, $"no policy isolates any workload of namespace {item.Name}: {named}")
            {
                Effects = ["everybody can open every connection to them, and they to everybody whose own policies allow it"],
            });
            return;
        }

        var lacking = ((Direction[])[Direction.Ingress, Direction.Egress]).Where(direction => !defaults.Contains((item.Name, direction))).ToList();
        if (lacking.Count > 0)
            findings.Add(new Finding(Card, context.ObjectOf(item), item.Location, $"namespace {item.Name} has no default deny for {Words(lacking)}")
            {
                Effects = [$"a pod that no policy there selects is open: {string.Join("; ", lacking.Select(direction => direction == Direction.Ingress ? "everybody can reach it" : "it can reach everybody"))}"],
            });
        foreach (var (entry, directions) in open)
        {
            if (directions.IsEmpty) continue;
            var declared = context.ObjectOf(entry);
            findings.Add(new Finding(Card, declared, declared.Location, $"no policy isolates {entry.Name} for {Words(directions)}") { Effects = [.. directions.Select(direction => Effect(context, entry, direction))] });
        }
    }

    private static ImmutableArray<Direction> OpenDirections(LintContext context, ViewEntry entry)
    {
        var group = context.Groups.Of(entry.Pods[0]);
        return [.. ((Direction[])[Direction.Ingress, Direction.Egress]).Where(direction => !group.IsIsolated(direction))];
    }

    private static string Effect(LintContext context, ViewEntry entry, Direction direction) => direction == Direction.Ingress
        ? $"{entry.Name} lets everybody in: every pod whose own egress allows it, and every address outside"
        : $"{entry.Name} can open connections to every address outside, and to every pod whose own ingress allows it";

    private static string Words(IReadOnlyCollection<Direction> directions) =>
        string.Join(" and ", directions.Select(direction => direction == Direction.Ingress ? "ingress" : "egress"));
}
