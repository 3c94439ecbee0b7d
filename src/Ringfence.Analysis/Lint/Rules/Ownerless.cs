using Ringfence.Analysis.Endpoints;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>Policies that nobody owns, and exemptions that never end.</summary>
internal sealed class Ownerless : LintRule
{
    private const string Owner = "ringfence.dev/owner";
    private const string Ignore = "ringfence.dev/ignore-";

    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF022",
        Slug = "ownerless",
        Severity = Severity.Note,
        SecuritySeverity = 1.0,
        Title = "A policy without an owner, or an exemption without an end",
        Explanation =
            """
            Whoever finds a policy at night wants to know whom to ask before changing it: `ringfence.dev/owner` says so. An exemption (`ringfence.dev/ignore-RF…`) without a last day is
            never looked at again, and one of a rule that there is not exempts nothing. The first two are habits that we recommend; Kubernetes asks for neither.
            """,
        Mend = "Annotate the policy: `ringfence.dev/owner: team-name`. End an exemption's reason with `until YYYY-MM-DD`.",
        Source = "https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/",
        IsInference = true,
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: rag-api, namespace: ai-platform, labels: {app: rag-api}}
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: default-deny, namespace: ai-platform}
            spec:
              podSelector: {}
              policyTypes: [Ingress, Egress]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: default-deny, namespace: ai-platform, annotations: {ringfence.dev/owner: platform-team}}
            spec:
              podSelector: {}
              policyTypes: [Ingress, Egress]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        foreach (var policy in context.Objects.NetworkPolicies)
            if (string.IsNullOrWhiteSpace(policy.Annotations[Owner]))
                findings.Add(new Finding(Card, policy, policy.Location, $"nobody is named as its owner: it has no annotation {Owner}") { Field = $"metadata.annotations[{Owner}]" });

        foreach (var item in context.Objects.All())
            foreach (var (key, text) in item.Annotations)
            {
                if (!key.StartsWith(Ignore, StringComparison.Ordinal)) continue;
                if (!LintRules.All.Any(rule => rule.Card.Annotation == key))
                {
                    findings.Add(ExemptsNothing(item, key));
                    continue;
                }

                if (Exemptions.Parse(text) is not { Until: null, Reason.Length: > 0 }) continue;
                findings.Add(new Finding(Card, item, item.Location, $"its exemption {key} has no end")
                {
                    Field = $"metadata.annotations[{key}]",
                    Mend = $"end the reason with a last day: \"{Exemptions.Parse(text).Reason} until YYYY-MM-DD\"",
                });
            }
    }

    private Finding ExemptsNothing(KubernetesObject item, string key)
    {
        var name = key[Ignore.Length..];
        var id = LintRules.Find(name)?.Card.Id ?? Likeness.Nearest(name, LintRules.All.Select(rule => rule.Card.Id));
        return new Finding(Card, item, item.Location, $"its annotation {key} exempts nothing: no rule has this id")
        {
            Field = $"metadata.annotations[{key}]",
            Mend = id is null ? "write the id of a rule: `ringfence lint --list` shows them" : $"write {Ignore}{id}",
        };
    }
}
