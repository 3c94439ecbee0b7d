using System.Collections.Immutable;
using Ringfence.Evidence.Records;
using static Ringfence.Evidence.Report.HtmlText;

namespace Ringfence.Evidence.Report;

/// <summary>The matrix of a report.</summary>
internal sealed class MatrixSection(TextWriter output)
{
    // With more columns than this their names stand on end; with more of either a page shows nothing any more.
    private const int MostUpright = 12;
    private const int MostShown = 200;

    public void Write(EvidenceDocument document)
    {
        var matrix = ObservedMatrix.Of(document);
        output.Write("<h2>What packets saw</h2>\n");
        if (Math.Max(matrix.Sources.Length, matrix.Destinations.Length) > MostShown)
        {
            output.Write($"<p>A matrix of {matrix.Sources.Length} sources and {matrix.Destinations.Length} destinations is too big for a page; the list of probes below has them all.</p>\n");
            return;
        }

        output.Write("<p class=\"key\">A row is a source, a column a destination; a cell shows the ports on which packets were let through. <b>all</b> every port that was tried, "
            + "<b>–</b> none, <b>?</b> not covered, <b>·</b> a single pod itself. TCP goes without saying. <b>✓</b> it is what the policies say, <b>≠</b> it is not.</p>\n");
        output.Write("<div class=\"scroll\" role=\"region\" aria-labelledby=\"caption\" tabindex=\"0\">\n");
        output.Write($"<table class=\"matrix{(matrix.Destinations.Length > MostUpright ? " many" : "")}\" role=\"table\">\n");
        output.Write($"<caption id=\"caption\">Observed from {Counted.Of(matrix.Sources.Length, "source")} to {Counted.Of(matrix.Destinations.Length, "destination")}</caption>\n");
        WriteHead(matrix.Destinations);
        output.Write("<tbody role=\"rowgroup\">\n");
        foreach (var source in matrix.Sources)
        {
            output.Write($"<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">{Name(source)}</th>");
            foreach (var destination in matrix.Destinations) WriteCell(matrix[source, destination], destination);
            output.Write("</tr>\n");
        }

        output.Write("</tbody>\n</table>\n</div>\n");
    }

    private void WriteCell(ObservedCell cell, ObservedEntry destination)
    {
        var style = cell.Differ > 0 ? "differs" : cell.Kind switch
        {
            ObservedKind.None => "none",
            ObservedKind.Some => "some",
            ObservedKind.All => "all",
            ObservedKind.NotCovered => "unknown",
            _ => "blank",
        };
        var text = cell.Kind switch
        {
            ObservedKind.None => "<span aria-label=\"none\">–</span>",
            ObservedKind.Blank => cell.Text.Length == 0 ? "" : "<span aria-label=\"itself\">·</span>",
            ObservedKind.NotCovered => "<span aria-label=\"not covered\">?</span>",
            _ => Encode(cell.Text).Replace(",", ",<wbr>", StringComparison.Ordinal),
        };
        var mark = cell switch
        {
            { Differ: > 0 } => $" <span class=\"mark\" role=\"img\" aria-label=\"{cell.Differ} of {cell.Probes} differ\" title=\"{cell.Differ} of {Counted.Of(cell.Probes, "probe")} differ\">≠</span>",
            { Kind: ObservedKind.Blank or ObservedKind.NotCovered } => "",
            _ => $" <span class=\"mark\" role=\"img\" aria-label=\"agrees\" title=\"{Counted.Of(cell.Probes, "probe")}\">✓</span>",
        };
        output.Write($"<td role=\"cell\" class=\"{style}\" data-to=\"{Encode(destination.Name)}\"><span>{text}{mark}</span></td>");
    }

    private void WriteHead(ImmutableArray<ObservedEntry> columns)
    {
        output.Write("<thead role=\"rowgroup\">\n<tr role=\"row\"><td role=\"cell\" rowspan=\"2\" class=\"corner\">from ↓ to →</td>");
        for (int start = 0, end; start < columns.Length; start = end)
        {
            end = start + 1;
            while (end < columns.Length && columns[end].Namespace == columns[start].Namespace) end++;
            output.Write($"<th scope=\"colgroup\" role=\"columnheader\" colspan=\"{end - start}\">{Encode(columns[start].IsOutside ? "outside the cluster" : columns[start].Namespace)}</th>");
        }

        output.Write("</tr>\n<tr role=\"row\" class=\"names\">");
        foreach (var column in columns) output.Write($"<th scope=\"col\" role=\"columnheader\"><span>{Encode(column.Short)}</span></th>");
        output.Write("</tr>\n</thead>\n");
    }

    private static string Name(ObservedEntry entry) => entry.IsOutside
        ? Encode(entry.Name)
        : $"<span class=\"ns\">{Encode(entry.Namespace)}/</span><wbr>{Encode(entry.Short)}";
}
