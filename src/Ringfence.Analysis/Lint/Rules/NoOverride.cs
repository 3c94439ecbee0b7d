using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>Policies that read as a restriction, beside a broader one that admits everything that they do and more.</summary>
internal sealed class NoOverride : LintRule
{
    private const int MostEffects = 3;

    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF014",
        Slug = "no-override",
        Severity = Severity.Warning,
        SecuritySeverity = 7.5,
        Title = "A stricter policy beside a broader one that wins",
        Explanation =
            """
            Policies do not override each other, and none comes first: what **any** policy of a pod admits is admitted. A policy that names fewer peers or ports than another one of the
            same pods therefore takes nothing away; it reads as a restriction and is none. Of very many policies of the same pods, each is compared with a hundred others.
            """,
        Mend = "Make the broader policy narrower: leave these pods out of its selector, or its wide rule out of it.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation",
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
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: restrict-vector-db, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: vector-db}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: rag-api}}}]
                ports: [{port: 6333}]
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: same-namespace, namespace: ai-platform}
            spec:
              podSelector: {}
              ingress:
              - from: [{podSelector: {}}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: same-namespace, namespace: ai-platform}
            spec:
              podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [vector-db]}]}
              ingress:
              - from: [{podSelector: {}}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        foreach (var policy in context.Groups.Policies)
        {
            if (context.MissingWorkloadsOf(policy.Policy.Namespace) is { } missing)
            {
                findings.Unknown(policy.Policy, missing);
                continue;
            }

            foreach (var direction in (ReadOnlySpan<Direction>)[Direction.Ingress, Direction.Egress])
                if (Overlap.BroaderThan(context, policy, direction) is { } broad) findings.Add(Found(context, findings, policy, broad, direction));
        }
    }

    private Finding Found(LintContext context, Findings findings, GroupedPolicy strict, GroupedPolicy broad, Direction direction)
    {
        var name = direction == Direction.Ingress ? "ingress" : "egress";
        var denies = strict.Rules(direction).IsEmpty;
        return new Finding(Card, strict.Policy, denies ? strict.Policy.Location : strict.Rules(direction)[0].Rule.Location, denies
            ? $"for {name} it denies nothing: NetworkPolicy {broad} selects {context.NamesOf(strict.Selected)} too and admits whomever its rules say"
            : $"its {name} rules restrict nothing: NetworkPolicy {broad} selects {context.NamesOf(strict.Selected)} too and admits all that they do and more")
        {
            Field = $"spec.{name}",
            Effects = findings.AreMany ? [] : Beyond(context, strict, broad, direction),
            Mend = $"make {broad} narrower: leave these pods out of its podSelector, or take the wide rule away",
        };
    }

    /// <summary>What the broad policy admits, rule by rule, to whom the strict one does not admit it.</summary>
    private static ImmutableArray<string> Beyond(LintContext context, GroupedPolicy strict, GroupedPolicy broad, Direction direction)
    {
        var own = context.Snapshot.FindNamespace(strict.Policy.Namespace)!;
        var effects = ImmutableArray.CreateBuilder<string>();
        foreach (var rule in broad.Rules(direction))
        {
            if (effects.Count == MostEffects || Overlap.PeersOf(rule).All(at => Overlap.IsCovered(rule, at, strict.Rules(direction), own))) continue;
            var known = strict.Rules(direction).SelectMany(each => each.Peers).Aggregate((GroupSet?)null, (all, peer) => all?.Union(peer.Groups) ?? peer.Groups);
            var more = rule.Peers.Aggregate((GroupSet?)null, (all, peer) => all?.Union(peer.Groups) ?? peer.Groups) is { } all ? (known is null ? all : all.Except(known)).Except(strict.Selected) : null;
            var whom = rule.IsForEveryone ? "everyone"
                : more is { IsEmpty: false } ? context.NamesOf(more)
                : string.Join(" and ", rule.Peers.Select(peer => peer.Describe(strict.Policy.Namespace)));
            var ports = rule.Rule.Ports.IsEmpty ? "every port" : rule.PortsAt(strict.Selected.First()).ToString();
            effects.Add($"{broad} {rule.Path} lets {(direction == Direction.Ingress ? $"{whom} in" : $"connections out to {whom}")} on {ports} all the same");
        }

        return effects.DrainToImmutable();
    }
}
