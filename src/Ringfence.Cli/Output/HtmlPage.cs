using System.Net;
using Ringfence.Analysis;
using Ringfence.Analysis.Exposure;
using Ringfence.Cli.Answers;
using Ringfence.Cli.Input;
using Ringfence.Engine;
using Ringfence.Evidence.Report;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>
/// Writes one self-contained page without scripts: real tables, readable on a phone (where every row becomes a card), in light and dark,
/// and never by colour alone.
/// </summary>
internal static class HtmlPage
{
    // With more columns than this their names stand on end.
    private const int MostUpright = 12;

    /// <summary>A matrix.</summary>
    public static void WriteMatrix(TextWriter output, Grid grid, ClusterInput input)
    {
        Begin(output, "Who can reach whom", input.HasErrors, input.NotEvaluated);
        output.Write("<p class=\"key\">A row is a source, a column a destination; a cell shows the open ports. <b>all</b> every connection, "
            + "<b>–</b> none, <b>?</b> not decided by the input, <b>·</b> a single pod itself. TCP goes without saying.</p>\n");
        output.Write("<div class=\"scroll\" role=\"region\" aria-labelledby=\"caption\" tabindex=\"0\">\n");
        output.Write($"<table class=\"matrix{(grid.Columns.Length > MostUpright ? " many" : "")}\" role=\"table\">\n");
        output.Write($"<caption id=\"caption\">Open connections from {Counted.Of(grid.Rows.Length, "source")} to {Counted.Of(grid.Columns.Length, "destination")}</caption>\n");
        WriteMatrixHead(output, grid);
        output.Write("<tbody role=\"rowgroup\">\n");
        for (var i = 0; i < grid.Rows.Length; i++)
        {
            output.Write($"<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">{Name(grid.Rows[i])}</th>");
            for (var j = 0; j < grid.Columns.Length; j++)
            {
                var cell = grid[i, j];
                output.Write($"<td role=\"cell\" class=\"{Class(cell.Kind)}\" data-to=\"{Encode(grid.Columns[j].Name)}\">{Ports(cell)}</td>");
            }

            output.Write("</tr>\n");
        }

        output.Write("</tbody>\n</table>\n</div>\n");
        End(output);
    }

    /// <summary>A list of connections, and of what is open to namespaces and pods that are not there yet where that is asked about.</summary>
    public static void WriteList(
        TextWriter output, IEnumerable<ConnectionRow> rows, IReadOnlyCollection<Opening> openings, IEnumerable<ExposureLine>? exposure, ClusterInput input)
    {
        Begin(output, "Open connections", input.HasErrors, input.NotEvaluated);
        BeginTable(output, "Connections that policies leave open", "Source", "Destination", "Connection");
        foreach (var row in rows)
            WriteRow(output, row.Reach.IsCertain ? "" : "unknown",
                ("Source", row.Source), ("Destination", row.Destination.Name), ("Connection", ConnectionListOutput.Text(row.Reach)));
        EndTable(output);
        if (openings.Count > 0)
        {
            output.Write("<h2>Open to the outside</h2>\n");
            BeginTable(output, "What Ingresses and Services open, and whether policies let it through", "Via", "Type", "Entrance", "Destination", "Port", "Policy", "Reason");
            foreach (var opening in openings)
            {
                var texts = ConnectionListOutput.OpeningRow(opening);
                WriteRow(output, opening.Outcome.Word(),
                    ("Via", texts[0]), ("Type", texts[1]), ("Entrance", texts[2]), ("Destination", texts[3]), ("Port", texts[4]), ("Policy", texts[5]), ("Reason", opening.Reason));
            }

            EndTable(output);
        }

        if (exposure is not null) WriteExposure(output, exposure);
        End(output);
    }

    private static void WriteExposure(TextWriter output, IEnumerable<ExposureLine> exposure)
    {
        output.Write($"<h2>{ExposureText.Heading}</h2>\n");
        using var lines = exposure.GetEnumerator();
        if (!lines.MoveNext())
        {
            output.Write($"<p>{ExposureText.Nothing}</p>\n");
            return;
        }

        BeginTable(output, "What policies leave open to namespaces and pods with these labels, whether or not there are any", ExposureText.Columns);
        do
        {
            var cells = ExposureText.Columns.Zip(ExposureText.Row(lines.Current)).Where(cell => cell.Second.Length > 0);
            WriteRow(output, lines.Current.IsProtected ? "" : "all", [.. cells]);
        }
        while (lines.MoveNext());

        EndTable(output);
    }

    /// <summary>Text that no reader takes for markup.</summary>
    internal static string Encode(string text) => WebUtility.HtmlEncode(PlainText.Clean(text));

    private static void WriteMatrixHead(TextWriter output, Grid grid)
    {
        output.Write("<thead role=\"rowgroup\">\n");
        var grouped = grid.Columns.Any(column => column.Group.Length > 0);
        if (grouped)
        {
            output.Write("<tr role=\"row\"><td role=\"cell\" rowspan=\"2\" class=\"corner\">from ↓ to →</td>");
            for (int start = 0, end; start < grid.Columns.Length; start = end)
            {
                end = start + 1;
                while (end < grid.Columns.Length && grid.Columns[end].Group == grid.Columns[start].Group) end++;
                output.Write($"<th scope=\"colgroup\" role=\"columnheader\" colspan=\"{end - start}\">{Encode(grid.Columns[start].IsOutside ? "outside the cluster" : grid.Columns[start].Group)}</th>");
            }

            output.Write("</tr>\n<tr role=\"row\" class=\"names\">");
        }
        else
        {
            output.Write("<tr role=\"row\" class=\"names\"><td role=\"cell\" class=\"corner\">from ↓ to →</td>");
        }

        foreach (var column in grid.Columns) output.Write($"<th scope=\"col\" role=\"columnheader\"><span>{Encode(column.Short)}</span></th>");
        output.Write("</tr>\n</thead>\n");
    }

    private static string Name(GridEntry entry) => entry.Group.Length == 0
        ? Encode(entry.Name)
        : $"<span class=\"ns\">{Encode(entry.Group)}/</span><wbr>{Encode(entry.Short)}";

    private static string Ports(GridCell cell) => cell.Kind switch
    {
        CellKind.None => "<span aria-label=\"none\">–</span>",
        CellKind.Blank => cell.Text.Length == 0 ? "" : "<span aria-label=\"itself\">·</span>",
        CellKind.Unknown when cell.Text == "?" => "<span aria-label=\"unknown\">?</span>",
        // A long list of ports may break at its commas.
        _ => Encode(cell.Text).Replace(",", ",<wbr>", StringComparison.Ordinal),
    };

    private static string Class(CellKind kind) => kind switch
    {
        CellKind.None => "none",
        CellKind.Some => "some",
        CellKind.All => "all",
        CellKind.Unknown => "unknown",
        _ => "blank",
    };

    internal static void BeginTable(TextWriter output, string caption, params string[] headers)
    {
        output.Write($"<table class=\"list\" role=\"table\">\n<caption>{Encode(caption)}</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">");
        foreach (var header in headers) output.Write($"<th scope=\"col\" role=\"columnheader\">{Encode(header)}</th>");
        output.Write("</tr></thead>\n<tbody role=\"rowgroup\">\n");
    }

    internal static void WriteRow(TextWriter output, string style, params ReadOnlySpan<(string Header, string Text)> cells)
    {
        output.Write("<tr role=\"row\">");
        for (var i = 0; i < cells.Length; i++)
        {
            var (header, text) = cells[i];
            var attributes = $"data-to=\"{Encode(header)}\"{(style.Length > 0 && header is "Connection" or "Policy" ? $" class=\"{style}\"" : "")}";
            output.Write(i == 0
                ? $"<th scope=\"row\" role=\"rowheader\" {attributes}>{Encode(text)}</th>"
                : $"<td role=\"cell\" {attributes}>{Encode(text)}</td>");
        }

        output.Write("</tr>\n");
    }

    internal static void EndTable(TextWriter output) => output.Write("</tbody>\n</table>\n");

    internal static void Begin(TextWriter output, string title, bool hasErrors, IReadOnlyCollection<UnevaluatedPolicy> notEvaluated)
    {
        output.Write($"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        output.Write($"<title>{title}</title>\n<style>\n{PageStyle.Css}\n</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n");
        if (hasErrors)
            output.Write("<p class=\"alert\"><b>Incomplete.</b> The input has errors, and what was refused is left out.</p>\n");
        if (notEvaluated.Count == 0) return;
        output.Write("<div class=\"alert\"><p><b>Not evaluated.</b> These policies can change every answer on this page:</p>\n<ul>\n");
        foreach (var policy in notEvaluated) output.Write($"<li>{Encode(policy.Describe())}</li>\n");
        output.Write("</ul></div>\n");
    }

    internal static void End(TextWriter output) => output.Write("</main>\n</body>\n</html>\n");
}
