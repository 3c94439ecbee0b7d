using Ringfence.Analysis.Lint;

namespace Ringfence.Analysis.Tests.Lint;

/// <summary>What every rule says of itself is true.</summary>
public sealed class RuleCardTests
{
    public static TheoryData<string> Rules => [.. LintRules.All.Select(rule => rule.Card.Slug)];

    [Theory, MemberData(nameof(Rules))]
    public void Bad_IsFoundByItsRule(string slug)
    {
        var card = LintRules.Find(slug)!.Card;

        Assert.NotEmpty(Linting.Lint(slug, card.Cluster, card.Bad).Findings);
    }

    [Theory, MemberData(nameof(Rules))]
    public void Good_IsNotFoundByItsRuleNorUnknown(string slug)
    {
        var card = LintRules.Find(slug)!.Card;

        var report = Linting.Lint(slug, card.Cluster, card.Good);

        Assert.Empty(report.Findings);
        Assert.Empty(report.Unknown);
    }

    [Theory, MemberData(nameof(Rules))]
    public void Good_HasNoOtherWarning(string slug)
    {
        var card = LintRules.Find(slug)!.Card;

        Assert.DoesNotContain(Linting.Lint(null, card.Cluster, card.Good).Findings, finding => finding.Severity >= Model.Severity.Warning);
    }

    [Fact]
    public void Ids_AreInOrderAndSlugsAreNotRepeated()
    {
        Assert.Equal(LintRules.All.Select(rule => rule.Card.Id).Order(StringComparer.Ordinal), LintRules.All.Select(rule => rule.Card.Id));
        Assert.Distinct(LintRules.All.Select(rule => rule.Card.Id));
        Assert.Distinct(LintRules.All.Select(rule => rule.Card.Slug));
        Assert.All(LintRules.All, rule => Assert.StartsWith("https://kubernetes.io/", rule.Card.Source, StringComparison.Ordinal));
    }
}
