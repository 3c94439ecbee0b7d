using System.Globalization;
using Ringfence.Evidence.Records;
using static Ringfence.Evidence.Report.HtmlText;

namespace Ringfence.Evidence.Report;

/// <summary>
/// Writes evidence as one self-contained page: nothing to load, no scripts, readable on a phone and on paper, in light and dark, and never
/// by colour alone.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes the page.</summary>
    public static void Write(TextWriter output, EvidenceDocument document)
    {
        var title = $"Network policy evidence: {Encode(document.Name)}";
        output.Write(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>{title}</title>
            <style>
            {PageStyle.Css}
            {ReportStyle.Css}
            </style>
            </head>
            <body>
            <main class="report">
            <h1>{title}</h1>

            """.ReplaceLineEndings("\n"));
        WriteVerdict(output, document);
        new MatrixSection(output).Write(document);
        new DifferenceSection(output).Write(document);
        WritePolicies(output, document);
        WriteGaps(output, document);
        WriteInputs(output, document);
        new ProbeSection(output).Write(document);
        output.Write("</main>\n</body>\n</html>\n");
    }

    private static void WriteVerdict(TextWriter output, EvidenceDocument document)
    {
        var (summary, options) = (document.Summary, document.Options);
        var (style, mark, text) = summary switch
        {
            { Differ: > 0 } => ("bad", "≠", $"{Number(summary.Differ)} of {Number(summary.Probes)} probes saw something else than the policies say."),
            { Agree: 0 } => ("bad", "?", "Nothing was proved: no probe could be made."),
            _ => ("good", "✓", $"Real packets saw what the policies say, in {(summary.NotCovered == 0 ? "every probe" : $"each of {Number(summary.Agree)} probes that could be made")}."),
        };
        output.Write($"<p class=\"verdict {style}\"><span class=\"mark\" aria-hidden=\"true\">{mark}</span> {text}</p>\n");
        if (!options.Enforced) output.Write("<p class=\"alert\"><b>Not enforced.</b> The policies were left out of the kernel on purpose (--no-enforce), so that differences are expected.</p>\n");
        output.Write("<dl class=\"figures\">\n");
        Figure("probes", summary.Probes);
        Figure("agree", summary.Agree);
        Figure("differ", summary.Differ);
        Figure("not covered", summary.NotCovered);
        output.Write("</dl>\n");
        output.Write($"<p class=\"key\">Made on {Time(document.Started)}, in {Number((document.Ended - document.Started).TotalSeconds, "0.0")} s, by {Encode(document.Environment.Engine)} on "
            + $"{Encode(document.Environment.Machine)} with Linux {Encode(document.Environment.Kernel)} ({Encode(document.Environment.Architecture)}): {Counted.Of(document.Environment.Nodes.Length, "node")}, "
            + $"{Encode(string.Join(" and ", options.Families))}. Every pod was a network namespace; every probe a real connection.</p>\n");

        void Figure(string name, int number) => output.Write($"<div><dt>{name}</dt><dd>{Number(number)}</dd></div>\n");
    }

    private static void WritePolicies(TextWriter output, EvidenceDocument document)
    {
        output.Write("<h2>Policies</h2>\n");
        if (document.Policies.IsEmpty)
        {
            output.Write("<p>There are none: every connection is allowed.</p>\n");
            return;
        }

        var table = new HtmlTable(output, "The policies that were enforced, and whom they select", "Policy", "Isolates for", "Selects", "Location");
        foreach (var policy in document.Policies)
            table.Row(policy.Name, string.Join(", ", policy.Isolates),
                policy.Selects.IsEmpty ? "no pod" : string.Join(", ", policy.Selects.Select(item => item.Pods == 1 ? item.Workload : $"{item.Workload} ({item.Pods} pods)")),
                policy.Location?.ToString() ?? "");
        table.End();
    }

    private static void WriteGaps(TextWriter output, EvidenceDocument document)
    {
        output.Write("<h2>What is not covered</h2>\n");
        var table = new HtmlTable(output, "What these probes do not show, and why", "What", "Why");
        foreach (var gap in document.NotCovered) table.Row(gap.What, gap.Why);
        table.End();
        if (document.Thinned.IsEmpty)
        {
            output.Write("<p>Nothing was thinned: every pair of pods was probed on every port that some policy or container names.</p>\n");
            return;
        }

        output.Write("<h3>Thinned, so that the number of probes stays bounded</h3>\n<ul>\n");
        foreach (var sentence in document.Thinned) output.Write($"<li>{Encode(sentence)}</li>\n");
        output.Write("</ul>\n");
    }

    private static void WriteInputs(TextWriter output, EvidenceDocument document)
    {
        output.Write("<h2>What it was made from</h2>\n");
        var files = new HtmlTable(output, "Files", "File", "SHA-256") { Style = "digests" };
        foreach (var file in document.Inputs) files.Row(file.File, file.Sha256);
        files.End();
        var nodes = new HtmlTable(output, "Nodes, with the digest of the nftables ruleset in force", "Node", "Pods", "SHA-256 of the ruleset") { Style = "digests" };
        foreach (var node in document.Environment.Nodes) nodes.Row(node.Name, Number(node.Pods), node.RulesetSha256 ?? "no ruleset");
        nodes.End();
        output.Write($"<details>\n<summary>{Counted.Of(document.Objects.Length, "object")} by digest of what matters to policy</summary>\n");
        var objects = new HtmlTable(output, "Objects as they were judged and enforced", "Kind", "Name", "SHA-256") { Style = "digests" };
        foreach (var item in document.Objects) objects.Row(item.Kind, item.Name, item.Sha256);
        objects.End();
        output.Write("</details>\n");
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
