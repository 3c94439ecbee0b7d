using System.Collections.Immutable;
using Ringfence.Cli.Answers;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>Lists of connections in every format.</summary>
internal sealed class ConnectionListOutput(Choices choices, ClusterInput input, ViewNotes notes)
{
    private static readonly string[] OpeningColumns = ["VIA", "TYPE", "ENTRANCE", "DESTINATION", "PORT", "POLICY"];

    private readonly TextWriter _out = choices.Terminal.Out;
    private bool _hasBegun;

    /// <summary>Writes the list.</summary>
    public void Write(ConnectionRows rows)
    {
        switch (choices.Format)
        {
            case OutputFormat.Json or OutputFormat.Yaml:
                WriteStructured(rows);
                break;
            case OutputFormat.Csv:
                WriteCsv(rows);
                break;
            case OutputFormat.Md:
                WriteMarkdown(rows);
                break;
            case OutputFormat.Dot:
                Dot.Write(_out, Graph(rows));
                break;
            case OutputFormat.Mermaid:
                Mermaid.Write(_out, Graph(rows));
                break;
            case OutputFormat.Html:
                HtmlPage.WriteList(_out, Counted(rows), rows.Openings(), rows.WithExposure ? rows.Exposure() : null, input);
                break;
            default:
                WriteTable(rows, wide: choices.Format == OutputFormat.Wide);
                break;
        }
    }

    /// <summary>The columns of CSV.</summary>
    public static readonly string[] RecordColumns = ["source", "destination", "connection", "unknown"];

    /// <summary>One connection as a row of CSV; the last field is empty where the input decides everything.</summary>
    public static IReadOnlyList<string> Record(string source, string destination, Reach reach) =>
        [source, destination, reach.Certain.ToString(), reach.IsCertain ? "" : reach.Unknown.ToString()];

    /// <summary>What is open, and in words what the input does not decide.</summary>
    public static string Text(Reach reach) => reach.IsCertain ? reach.Certain.ToString()
        : reach.Certain.IsEmpty ? $"unknown: {reach.Possible}"
        : $"{reach.Certain} (unknown: {reach.Unknown})";

    /// <summary>An opening as a row of a table.</summary>
    public static string[] OpeningRow(Opening opening) =>
    [
        opening.Via, opening.Type, opening.Entrance, opening.Destination?.Name ?? "(nothing)",
        opening.Port > 0 ? $"{opening.Port}/{opening.Protocol.ToText()}" : "", opening.Outcome.Word(),
    ];

    private IEnumerable<ConnectionRow> Counted(ConnectionRows rows)
    {
        foreach (var row in rows.All())
        {
            _hasBegun = true;
            notes.Count(row.Reach);
            yield return row;
        }
    }

    private void WriteCsv(ConnectionRows rows)
    {
        var connections = Counted(rows).Select(row => Record(row.Source, row.Destination.Name, row.Reach));
        if (rows.WithExposure)
            choices.WriteRecords([.. RecordColumns, .. ExposureText.RecordColumns],
                connections.Select(record => (IReadOnlyList<string>)[.. record, "", ""]).Concat(rows.Exposure().Select(ExposureText.Record)));
        else
            choices.WriteRecords(RecordColumns, connections);
    }

    private void WriteTable(ConnectionRows rows, bool wide)
    {
        string[] columns = wide
            ? ["SOURCE", "SOURCE-KIND", "DESTINATION", "DESTINATION-KIND", "CONNECTION"]
            : ["SOURCE", "DESTINATION", "CONNECTION"];
        new TextTable(choices.Terminal, choices.Headers ? columns : null).Write(Counted(rows).Select(row => (IReadOnlyList<Cell>)(wide
            ? [row.Source, row.SourceKind, row.Destination.Name, row.Destination.Kind, Connection(row)]
            : [row.Source, row.Destination.Name, Connection(row)])));

        // Rows of another form would only confuse what reads a table without headers.
        WriteOpenings(choices.Headers ? rows.Openings() : [], wide);
        if (rows.WithExposure) WriteExposure(rows);
    }

    private void WriteOpenings(ImmutableArray<Opening> openings, bool wide)
    {
        if (openings.IsEmpty) return;
        WriteHeading("Open to the outside");
        new TextTable(choices.Terminal, wide ? [.. OpeningColumns, "REASON"] : OpeningColumns).Write(openings.Select(opening =>
        {
            var texts = OpeningRow(opening);
            Cell[] cells = [.. texts[..^1].Select(text => new Cell(text)), new Cell(texts[^1], opening.Outcome.Style())];
            return (IReadOnlyList<Cell>)(wide ? [.. cells, opening.Reason] : cells);
        }));
    }

    private void WriteExposure(ConnectionRows rows)
    {
        if (choices.Headers) WriteHeading(ExposureText.Heading);
        var any = false;
        new TextTable(choices.Terminal, choices.Headers ? [.. ExposureText.Columns.Select(column => column.ToUpperInvariant())] : null).Write(rows.Exposure().Select(line =>
        {
            any = true;
            var texts = ExposureText.Row(line);
            return (IReadOnlyList<Cell>)[.. texts[..^1].Select(text => new Cell(text)), new Cell(texts[^1], Style.Bad)];
        }));
        if (!any && choices.Headers) _out.Write($"{ExposureText.Nothing}\n");
    }

    private void WriteHeading(string text)
    {
        _out.Write($"{(_hasBegun ? "\n" : "")}{choices.Terminal.Paint(text, Style.Heading)}\n");
        _hasBegun = true;
    }

    private static Cell Connection(ConnectionRow row) =>
        new(Text(row.Reach), !row.Reach.IsCertain ? Style.Doubtful : row.Reach.Certain.IsAll ? Style.Strong : Style.Plain);

    private void WriteStructured(ConnectionRows rows)
    {
        using var writer = choices.Structured();
        writer.StartAnswer("ConnectionList");
        writer.List("items", Counted(rows), row => WriteConnection(writer, row.Source, row.Destination.Name, row.Reach));
        writer.List("openings", rows.Openings(), opening => WriteOpening(writer, opening));
        if (rows.WithExposure) writer.List("exposure", rows.Exposure(), line => ExposureText.Write(writer, line));
        input.WriteNotEvaluated(writer);
        writer.EndObject();
    }

    /// <summary>The fields of one connection.</summary>
    public static void WriteConnection(StructuredWriter writer, string source, string destination, Reach reach)
    {
        writer.Field("source", source);
        writer.Field("destination", destination);
        writer.Field("connection", reach.Certain.ToString());
        if (!reach.IsCertain) writer.Field("unknown", reach.Unknown.ToString());
    }

    private static void WriteOpening(StructuredWriter writer, Opening opening)
    {
        writer.Field("via", opening.Via);
        writer.Field("type", opening.Type);
        writer.Field("entrance", opening.Entrance);
        writer.Field("destination", opening.Destination?.Name);
        writer.Field("protocol", opening.Protocol.ToText());
        writer.Name("port");
        if (opening.Port > 0) writer.Value(opening.Port);
        else writer.Value(null);
        writer.Field("verdict", opening.Outcome.Word());
        writer.Field("reason", opening.Reason);
        writer.Location("location", opening.Location);
    }

    private void WriteMarkdown(ConnectionRows rows)
    {
        Markdown.WriteTable(_out, ["Source", "Destination", "Connection"], choices.Headers,
            Counted(rows).Select(row => (IEnumerable<string>)[row.Source, row.Destination.Name, Text(row.Reach)]));
        var openings = choices.Headers ? rows.Openings() : [];
        if (!openings.IsEmpty)
        {
            _out.Write("\n**Open to the outside**\n\n");
            Markdown.WriteTable(_out, ["Via", "Type", "Entrance", "Destination", "Port", "Policy"], choices.Headers, openings.Select(OpeningRow));
        }

        if (!rows.WithExposure) return;
        _out.Write($"\n**{ExposureText.Heading}**\n\n");
        Markdown.WriteTable(_out, ExposureText.Columns, choices.Headers, rows.Exposure().Select(ExposureText.Row));
    }

    private ConnectionGraph Graph(ConnectionRows rows)
    {
        var graph = new ConnectionGraph();
        foreach (var row in Counted(rows))
        {
            var from = row.From is null ? graph.Node(row.Source, "", row.Source, NodeKind.Outside) : Node(graph, row.From);
            graph.Add(from, Node(graph, row.Destination), ConnectionText.Compact(row.Reach), !row.Reach.IsCertain);
        }

        foreach (var line in rows.Exposure()) ExposureText.Add(graph, line, Node(graph, line.Workload));
        return graph;
    }

    private static GraphNode Node(ConnectionGraph graph, ViewEntry entry) => graph.Node(
        entry.Name, entry.Namespace, Axis.ShortName(entry), entry.Range is null ? NodeKind.Workload : NodeKind.Outside);
}
