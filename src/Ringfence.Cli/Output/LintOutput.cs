using Ringfence.Analysis.Lint;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Linting;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>Writes what linting found, in the form that was asked for.</summary>
internal static class LintOutput
{
    /// <summary>Writes a report.</summary>
    public static void Write(LintChoices lint, ClusterInput input, LintReport report)
    {
        var terminal = lint.Choices.Terminal;
        switch (lint.Choices.Format)
        {
            case OutputFormat.Json or OutputFormat.Yaml:
                using (var writer = lint.Choices.Structured()) new LintRecord(writer).Write(report, input);
                break;
            case OutputFormat.Sarif:
                if (lint.Choices.Files.Contains("-")) terminal.Tell(Severity.Note, "what came by standard input has no file in which code scanning could show it");
                SarifLimits.Write(LintSarif.Of(lint, report, isComplete: !input.HasErrors), terminal.Out, told => terminal.Tell(Severity.Warning, told));
                break;
            case OutputFormat.Junit:
                JUnitOutput.Write(terminal.Out, "ringfence lint", LintJUnit.Of(lint, report));
                break;
            case OutputFormat.Md:
                LintMarkdown.Write(terminal.Out, lint, report);
                break;
            default:
                new LintText(lint, input.Lines).Write(report);
                break;
        }
    }
}

/// <summary>What all forms say alike.</summary>
internal static class LintWords
{
    /// <summary>The word for how bad a finding is.</summary>
    public static string Word(this Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "note",
    };

    /// <summary>How a finding is shown.</summary>
    public static Style Style(this Severity severity) => severity switch
    {
        Severity.Error => Output.Style.Bad,
        Severity.Warning => Output.Style.Doubtful,
        _ => Output.Style.Faint,
    };

    /// <summary>What to do about a finding.</summary>
    public static string MendText(this Finding finding) => finding.Mend ?? string.Join(' ', finding.Rule.Mend.Split('\n', StringSplitOptions.TrimEntries));

    /// <summary>The findings to show.</summary>
    public static IEnumerable<Finding> Shown(this LintReport report, LintChoices lint) => lint.ShowExempted ? report.Findings.Concat(report.Exempted) : report.Findings;

    /// <summary>How many findings there are of each severity, the worst first: <c>1 warning, 2 notes</c>; <c>nothing found</c>.</summary>
    public static string Counts(this LintReport report)
    {
        var counts = report.Findings.GroupBy(finding => finding.Severity).OrderByDescending(group => group.Key)
            .Select(group => Analysis.Counted.Of(group.Count(), group.Key.Word())).ToList();
        return counts.Count == 0 ? "nothing found" : string.Join(", ", counts);
    }

    /// <summary>What an exemption says, in one line.</summary>
    public static string Describe(this Exemption exemption, RuleCard rule)
    {
        if (exemption.Fault is { } fault) return $"not exempted: {fault} ({exemption.On.Describe()})";
        var until = exemption.Until is { } day ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $", until {day:yyyy-MM-dd}") : "";
        return $"exempted by {rule.Annotation} of {exemption.On.Describe()}: {exemption.Reason}{until}";
    }
}
