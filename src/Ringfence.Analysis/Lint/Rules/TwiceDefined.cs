using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>Namespaces and policies that the input defines more than once.</summary>
internal sealed class TwiceDefined : LintRule
{
    private const int MostDifferences = 4;
    private const int MostPeers = 4;

    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF017",
        Slug = "twice-defined",
        Severity = Severity.Warning,
        SecuritySeverity = 4.0,
        Title = "A namespace or policy that is defined twice",
        Explanation =
            """
            Two manifests of one kind, namespace and name are one object: whichever is applied last replaces the other, whole. Policies do not add up across manifests that share a name, and a
            namespace's labels, by which policies let others in, depend on the order of files. Here the one that is read last counts.
            """,
        Mend = "Keep one of them, or give the other another name.",
        Source = "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names",
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
            metadata: {name: vector-db, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: vector-db}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: rag-api}}}]
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: vector-db, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: vector-db}}
              ingress: [{}]
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
        foreach (var group in context.Objects.Replaced.Where(replaced => replaced.Earlier is NetworkPolicy or Namespace).GroupBy(replaced => Latest(context.Objects.Replaced, replaced.Later)))
        {
            var alike = new List<Location>();
            foreach (var replaced in group)
            {
                var differences = ReferenceEquals(replaced.Later, group.Key) ? replaced.Differences : null;
                var finding = new Finding(Card, group.Key, group.Key.Location, $"it is also defined at {replaced.Earlier.Location}; this one counts");
                var judged = differences is { IsEmpty: true } ? null
                    : replaced.Earlier is NetworkPolicy earlier ? OfPolicy(context, findings, finding, earlier, (NetworkPolicy)group.Key, differences)
                    : OfNamespace(context, finding, (Namespace)replaced.Earlier, (Namespace)group.Key);
                if (judged is not null) findings.Add(judged);
                else alike.Add(replaced.Earlier.Location);
            }

            if (alike.Count > 0)
                findings.Add(new Finding(Card, group.Key, group.Key.Location, $"it is also defined at {ChangeText.Some(alike.ConvertAll(location => location.ToString()))}, with the same meaning here") { Severity = Severity.Note });
        }
    }

    private static KubernetesObject Latest(ImmutableArray<ReplacedObject> all, KubernetesObject item)
    {
        while (all.FirstOrDefault(replaced => ReferenceEquals(replaced.Earlier, item)) is { } next) item = next.Later;
        return item;
    }

    /// <summary>How another policy of the same name differs; null where that changes nothing.</summary>
    private static Finding? OfPolicy(
        LintContext context, Findings findings, Finding finding, NetworkPolicy earlier, NetworkPolicy counts, ImmutableArray<string>? differences)
    {
        if (differences is { } known) finding = finding with { Message = $"{finding.Message}. Different (there, here): {string.Join("; ", known.Take(MostDifferences))}{(known.Length > MostDifferences ? $"; and {known.Length - MostDifferences} more" : "")}" };
        if (context.MissingWorkloadsOf(counts.Namespace) is not null || findings.AreMany) return finding;
        var changes = context.WhatIf(counts, earlier);
        return changes.IsEmpty
            ? null
            : finding with { Effects = context.Tell(changes, gains: "by the other one, {0} could open {2} to {1}", losses: "by the other one, {0} could no longer open {2} to {1}") };
    }

    /// <summary>How another namespace of the same name differs; null where no policy sees a difference.</summary>
    private static Finding? OfNamespace(LintContext context, Finding finding, Namespace earlier, Namespace counts)
    {
        var (there, here) = (earlier.Labels.With(Namespace.NameLabel, earlier.Name), counts.Labels.With(Namespace.NameLabel, counts.Name));
        if (there.Equals(here)) return null;
        var peers = context.Groups.Policies
            .SelectMany(policy => ((Direction[])[Direction.Ingress, Direction.Egress]).SelectMany(direction => policy.Rules(direction)).Select(rule => (policy, rule)))
            .SelectMany(each => each.rule.Peers.Select((peer, at) => (each.policy, Path: each.rule.PathOf(at), Selector: peer.Peer.NamespaceSelector)))
            .Where(each => each.Selector is not null && each.Selector.Matches(there) != each.Selector.Matches(here))
            .Take(MostPeers)
            .Select(each => $"{each.policy} {each.Path} ({each.Selector}) {(each.Selector!.Matches(here) ? "means it; by the other labels it would not" : "does not mean it; by the other labels it would")}")
            .ToImmutableArray();
        return peers.IsEmpty ? null : finding with { Message = $"{finding.Message}. Labels there: {Text(earlier.Labels)}; here: {Text(counts.Labels)}", Effects = peers };
    }

    private static string Text(LabelSet labels) => labels.Count == 0 ? "none" : labels.ToString();
}
