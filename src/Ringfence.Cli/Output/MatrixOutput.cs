using Ringfence.Cli.Answers;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>Matrices in every format.</summary>
internal sealed class MatrixOutput(Choices choices, ClusterInput input, ViewNotes notes)
{
    private readonly TextWriter _out = choices.Terminal.Out;

    /// <summary>How workloads are folded; null where they are not.</summary>
    public Fold? Fold { get; init; }

    /// <summary>Writes the matrix.</summary>
    /// <param name="view">The cluster.</param>
    /// <param name="sources">The rows.</param>
    /// <param name="destinations">The columns.</param>
    /// <param name="grid">The matrix for people; null where a machine reads pairs of workloads.</param>
    public void Write(ClusterView view, IReadOnlyList<ViewEntry> sources, IReadOnlyList<ViewEntry> destinations, Grid? grid)
    {
        if (grid is null)
        {
            WritePairs(Pairs(view, sources, destinations));
            return;
        }

        CountUnknown(grid);
        switch (choices.Format)
        {
            case OutputFormat.Json or OutputFormat.Yaml:
                WriteFolded((FoldedGrid)grid);
                break;
            case OutputFormat.Csv:
                WriteFoldedRecords((FoldedGrid)grid);
                break;
            case OutputFormat.Md:
                Markdown.WriteTable(_out, ["", .. grid.Columns.Select(column => column.Name)], choices.Headers,
                    grid.Rows.Select((row, i) => (IEnumerable<string>)[row.Name, .. grid.Columns.Select((_, j) => grid[i, j].Text)]));
                break;
            case OutputFormat.Dot:
                Dot.Write(_out, ConnectionGraph.Of(grid));
                break;
            case OutputFormat.Mermaid:
                Mermaid.Write(_out, ConnectionGraph.Of(grid));
                break;
            case OutputFormat.Html:
                HtmlPage.WriteMatrix(_out, grid, input);
                break;
            default:
                WriteText(grid);
                break;
        }
    }

    private static IEnumerable<(ViewEntry Source, ViewEntry Destination, Reach Reach)> Pairs(
        ClusterView view, IReadOnlyList<ViewEntry> sources, IReadOnlyList<ViewEntry> destinations) =>
        from source in sources
        from destination in destinations
        where source.Range is null || destination.Range is null
        select (source, destination, view.Between(source, destination));

    private void WriteText(Grid grid)
    {
        var text = new GridText(choices.Terminal, choices.Headers, wide: choices.Format == OutputFormat.Wide);
        text.Write(grid);
        choices.Terminal.Flush();
        if (text.HasShortened) choices.Terminal.Tell(Severity.Note, "… stands for more ports; -o wide shows them all");
    }

    private void WritePairs(IEnumerable<(ViewEntry Source, ViewEntry Destination, Reach Reach)> pairs)
    {
        var counted = pairs.Select(pair =>
        {
            notes.Count(pair.Reach);
            return pair;
        });
        if (choices.Format == OutputFormat.Csv)
        {
            choices.WriteRecords(ConnectionListOutput.RecordColumns,
                counted.Select(pair => ConnectionListOutput.Record(pair.Source.Name, pair.Destination.Name, pair.Reach)));
            return;
        }

        using var writer = choices.Structured();
        writer.StartAnswer("Matrix");
        writer.List("items", counted, pair => ConnectionListOutput.WriteConnection(writer, pair.Source.Name, pair.Destination.Name, pair.Reach));
        input.WriteNotEvaluated(writer);
        writer.EndObject();
    }

    private void WriteFolded(FoldedGrid grid)
    {
        using var writer = choices.Structured();
        writer.StartAnswer("Matrix");
        writer.Field("by", Fold!.Name);
        writer.List("items", FoldedPairs(grid), pair =>
        {
            writer.Field("source", pair.Source.Name);
            writer.Field("destination", pair.Destination.Name);
            writer.Field("connection", pair.Reach.ToAll.ToString());
            writer.Field("connectionOfSome", pair.Reach.ToSome.ToString());
            writer.Field("pairs", pair.Reach.Pairs);
            writer.Field("open", pair.Reach.Open);
            writer.Field("unknown", pair.Reach.Unknown);
        });
        input.WriteNotEvaluated(writer);
        writer.EndObject();
    }

    private void WriteFoldedRecords(FoldedGrid grid) => choices.WriteRecords(
        ["source", "destination", "connection", "connectionOfSome", "pairs", "open", "unknown"],
        FoldedPairs(grid).Select(pair => (IReadOnlyList<string>)
        [
            pair.Source.Name, pair.Destination.Name, pair.Reach.ToAll.ToString(), pair.Reach.ToSome.ToString(),
            $"{pair.Reach.Pairs}", $"{pair.Reach.Open}", $"{pair.Reach.Unknown}",
        ]));

    private static IEnumerable<(GridEntry Source, GridEntry Destination, FoldedReach Reach)> FoldedPairs(FoldedGrid grid)
    {
        for (var i = 0; i < grid.Rows.Length; i++)
            for (var j = 0; j < grid.Columns.Length; j++)
                if (grid.Reach(i, j).Pairs > 0)
                    yield return (grid.Rows[i], grid.Columns[j], grid.Reach(i, j));
    }

    private void CountUnknown(Grid grid)
    {
        for (var i = 0; i < grid.Rows.Length; i++)
            for (var j = 0; j < grid.Columns.Length; j++)
                if (grid[i, j].Kind == CellKind.Unknown)
                    notes.CountUnknown();
    }
}
