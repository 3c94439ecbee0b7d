using System.Collections.Immutable;
using Ringfence.Analysis;
using Ringfence.Analysis.Lint;
using Ringfence.Cli.Linting;

namespace Ringfence.Cli.Output;

/// <summary>Findings as SARIF. Exempted ones are among them only where they are asked for: GitHub shows suppressed results like any other.</summary>
internal static class LintSarif
{
    /// <summary>Makes the run of a report.</summary>
    public static SarifRun Of(LintChoices lint, LintReport report, bool isComplete) => new(
        [.. lint.Rules.Select(rule => Rule(rule.Card))],
        [.. report.Shown(lint).Select(Result)])
    {
        IsComplete = isComplete,
        Notes =
        [
            .. isComplete ? (ImmutableArray<string>)[] : ["Some of the input could not be read; what could be was linted."],
            .. report.Unknown.Select(unknown => $"{unknown.Rule.Id} {unknown.Rule.Slug} is unknown for {Counted.Of(unknown.Objects.Length, "object")}: {unknown.Missing}"),
        ],
    };

    private static SarifRule Rule(RuleCard card) =>
        new(card.Id, card.Slug, card.Title, OneLine(card.Explanation), RulePage.Help(card), card.Source, card.Severity)
        {
            SecuritySeverity = card.SecuritySeverity > 0 ? card.SecuritySeverity : null,
            Precision = card.IsInference ? "medium" : "high",
            Tags = [.. (ImmutableArray<string>)["kubernetes", "network-policy"], .. card.SecuritySeverity > 0 ? (ImmutableArray<string>)["security"] : []],
        };

    private static SarifResult Result(Finding finding) => new(
        finding.Rule.Id,
        finding.Severity,
        string.Join('\n', (IEnumerable<string>)[Sentence(finding.Message), .. finding.Effects.Select(Sentence), $"Mend: {finding.MendText()}"]),
        finding.Location,
        finding.Object.Describe(),
        finding.Field ?? "")
    {
        Suppression = finding.Exemption is { Fault: null } exemption ? exemption.Describe(finding.Rule) : null,
    };

    // Where space is short, only the first sentence is shown.
    private static string Sentence(string text) => text.Length == 0 ? text : $"{char.ToUpperInvariant(text[0])}{text[1..].TrimEnd('.')}.";

    private static string OneLine(string text) => string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries)).Replace("*", "", StringComparison.Ordinal);
}
