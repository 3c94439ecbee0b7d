using System.Text;
using Ringfence.Analysis;
using Ringfence.Analysis.Lint;
using Ringfence.Cli.Linting;

namespace Ringfence.Cli.Output;

/// <summary>Findings as Markdown, short enough for one comment on a pull request.</summary>
internal static class LintMarkdown
{
    // GitHub takes 65,536 characters.
    private const int Longest = 60_000;

    /// <summary>Writes a report.</summary>
    public static void Write(TextWriter output, LintChoices lint, LintReport report)
    {
        var findings = report.Shown(lint).OrderByDescending(finding => finding.Severity).ToList();
        var length = 0;
        var written = 0;
        output.Write($"### ringfence lint: {report.Counts()}\n");
        foreach (var finding in findings)
        {
            var text = Of(finding);
            if ((length += text.Length) > Longest) break;
            output.Write(text);
            written++;
        }

        if (written < findings.Count) output.Write($"\nand {Counted.Of(findings.Count - written, "more finding")}, which do not fit a comment\n");
        foreach (var unknown in report.Unknown.Take(50))
            output.Write($"\n_Unknown:_ {Markdown.Escape(unknown.Missing)}: {unknown.Rule.Id} {unknown.Rule.Slug} ({Counted.Of(unknown.Objects.Length, "object")})\n");
        output.Write($"\n{Counted.Of(report.Policies, "policy", "policies")} and {Counted.Of(report.Workloads, "workload")} were looked at"
            + (report.Exempted.IsEmpty ? ".\n" : $"; {Counted.Of(report.Exempted.Length, "finding")} exempted.\n"));
    }

    private static string Of(Finding finding)
    {
        var text = new StringBuilder();
        text.Append($"\n**{finding.Severity.Word()}** [{finding.Rule.Id} {finding.Rule.Slug}]({finding.Rule.Source}) {Markdown.Escape(finding.Object.Describe())}");
        if (finding.Location.File is not null) text.Append($" at {Markdown.Escape(finding.Location.ToString())}");
        text.Append($"\n\n{Markdown.Escape(finding.Message)}\n\n");
        foreach (var effect in finding.Effects) text.Append($"- here: {Markdown.Escape(effect)}\n");
        text.Append($"- mend: {Markdown.Escape(finding.MendText())}\n");
        if (finding.Exemption is { } exemption) text.Append($"- {Markdown.Escape(exemption.Describe(finding.Rule))}\n");
        return text.ToString();
    }
}
