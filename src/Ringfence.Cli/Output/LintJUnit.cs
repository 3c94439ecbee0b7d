using Ringfence.Analysis;
using Ringfence.Analysis.Lint;
using Ringfence.Cli.Linting;

namespace Ringfence.Cli.Output;

/// <summary>
/// Findings as tests: a suite a rule, a test a finding. Findings at <c>--fail-on</c> or above fail, milder ones pass with their text; a rule that found nothing is
/// a test that passes, one that could not judge is skipped.
/// </summary>
internal static class LintJUnit
{
    /// <summary>Makes the suites of a report.</summary>
    public static IReadOnlyList<JUnitSuite> Of(LintChoices lint, LintReport report)
    {
        var findings = report.Shown(lint).ToLookup(finding => finding.Rule.Id);
        var unknown = report.Unknown.ToLookup(each => each.Rule.Id);
        return
        [
            .. lint.Rules.Select(rule => new JUnitSuite($"{rule.Card.Id} {rule.Card.Slug}",
            [
                .. findings[rule.Card.Id].Select(finding => Case(lint, finding)),
                .. unknown[rule.Card.Id].Select(each => new JUnitCase($"unknown: {each.Missing}", default)
                {
                    Skipped = $"{each.Missing}: {Counted.Of(each.Objects.Length, "object")}\n{string.Join('\n', each.Objects)}",
                }),
                .. findings.Contains(rule.Card.Id) || unknown.Contains(rule.Card.Id) ? (IEnumerable<JUnitCase>)[] : [new JUnitCase(rule.Card.Title, default)],
            ])),
        ];
    }

    private static JUnitCase Case(LintChoices lint, Finding finding)
    {
        var name = $"{finding.Object.Describe()}{(finding.Field is { } field ? $" {field}" : "")}";
        if (finding.Exemption is { Fault: null } exemption) return new JUnitCase(name, finding.Location) { Skipped = exemption.Describe(finding.Rule) };
        var text = string.Join('\n', (IEnumerable<string>)
        [
            finding.Message, finding.Location.ToString(), .. finding.Effects.Select(effect => $"here: {effect}"), $"mend: {finding.MendText()}", $"see: {finding.Rule.Source}",
        ]);
        return lint.Fails(finding) ? new JUnitCase(name, finding.Location) { Failure = text } : new JUnitCase(name, finding.Location) { Note = text };
    }
}
