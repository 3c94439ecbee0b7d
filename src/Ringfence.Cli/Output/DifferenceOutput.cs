using Ringfence.Analysis;
using Ringfence.Analysis.Differences;
using Ringfence.Cli.Answers;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Engine;

namespace Ringfence.Cli.Output;

/// <summary>Differences between two states of a cluster in every format.</summary>
internal sealed class DifferenceOutput(Choices choices, ClusterDifference difference, ClusterInput old, ClusterInput @new)
{
    /// <summary>Kinds of change in the order in which people want to see them: first what opens.</summary>
    public static readonly ChangeKind[] Kinds =
        [ChangeKind.Appear, ChangeKind.Widen, ChangeKind.Shift, ChangeKind.Unknown, ChangeKind.Narrow, ChangeKind.Vanish];

    private readonly Terminal _terminal = choices.Terminal;

    /// <summary>Writes the differences.</summary>
    public void Write()
    {
        switch (choices.Format)
        {
            case OutputFormat.Json or OutputFormat.Yaml:
                using (var writer = choices.Structured()) new DifferenceRecord(writer, difference).Write(old, @new);
                break;
            case OutputFormat.Csv:
                choices.WriteRecords(DifferenceRecord.Columns, difference.Changes.Select(change => DifferenceRecord.Row(change, difference.ReasonOf(change))));
                break;
            case OutputFormat.Md:
                DifferenceMarkdown.Write(_terminal.Out, difference);
                break;
            case OutputFormat.Dot:
                Dot.Write(_terminal.Out, Graph());
                break;
            case OutputFormat.Html:
                DifferencePage.Write(_terminal.Out, difference, old, @new);
                break;
            case OutputFormat.Sarif:
                SarifLimits.Write(DifferenceSarif.Of(difference, old, @new), _terminal.Out, text => _terminal.Tell(Model.Severity.Note, text));
                break;
            default:
                WriteTable();
                break;
        }
    }

    /// <summary>The word for a kind of change.</summary>
    public static string Word(ChangeKind kind) => kind switch
    {
        ChangeKind.Appear => "appear",
        ChangeKind.Widen => "widen",
        ChangeKind.Shift => "shift",
        ChangeKind.Narrow => "narrow",
        ChangeKind.Vanish => "vanish",
        _ => "unknown",
    };

    /// <summary>How many connections became what, in one line; kinds that do not occur are left out but for the first and the last.</summary>
    public static string Summary(ClusterDifference difference) => difference.Changes.IsEmpty
        ? "no connection differs"
        : string.Join(", ", Kinds
            .Select(kind => (Kind: kind, Count: difference.Count(kind)))
            .Where(item => item.Count > 0 || item.Kind is ChangeKind.Appear or ChangeKind.Vanish)
            .Select(item => $"{item.Count} {Word(item.Kind)}"));

    /// <summary>The policies that differ, in one line; null where none does.</summary>
    public static string? PolicySummary(ClusterDifference difference)
    {
        var parts = difference.Policies.GroupBy(change => change.Change).OrderBy(group => group.Key)
            .Select(group => $"{group.Count()} {Word(group.Key)}").ToList();
        return parts.Count == 0 ? null : $"policies: {string.Join(", ", parts)}";
    }

    /// <summary>The word for what became of an object.</summary>
    public static string Word(ObjectChange change) => change switch
    {
        ObjectChange.Added => "added",
        ObjectChange.Removed => "removed",
        _ => "changed",
    };

    /// <summary>The changes as people want to see them: by kind, then by source and destination.</summary>
    public static IEnumerable<ConnectionChange> ByKind(ClusterDifference difference) =>
        Kinds.SelectMany(kind => difference.Changes.Where(change => change.Kind == kind));

    private void WriteTable()
    {
        var causes = new NumberedCauses(difference);
        new TextTable(_terminal, choices.Headers ? ["CHANGE", "SOURCE", "DESTINATION", "BEFORE", "AFTER", "WHY"] : null).Write(
            ByKind(difference).Select(change => (IReadOnlyList<Cell>)
            [
                new Cell(Word(change.Kind), StyleOf(change.Kind)), change.Source.Name, change.Destination.Name,
                ConnectionListOutput.Text(change.Before), ConnectionListOutput.Text(change.After), string.Join(' ', causes.Of(change).Select(number => $"[{number}]")),
            ]));
        if (!choices.Headers) return;
        if (causes.All.Count > 0) _terminal.Out.Write("\n");
        foreach (var (number, cause) in causes.All) _terminal.WritePlace($"[{number}] ", cause.ToString(), cause.Location);
        if (!difference.Changes.IsEmpty) _terminal.Out.Write("\n");
        WriteAlone("only in OLD", difference.Removed);
        WriteAlone("only in NEW", difference.Added);
        _terminal.Out.Write($"{_terminal.Paint(Summary(difference), Style.Strong)}{(PolicySummary(difference) is { } policies ? $"; {policies}" : "")}\n");
    }

    private void WriteAlone(string side, IReadOnlyCollection<Counterpart> workloads)
    {
        if (workloads.Count > 0)
            _terminal.Out.Write($"{Counted.Of(workloads.Count, "workload")} {side}: {string.Join(", ", workloads.Select(workload => PlainText.Clean(workload.Name)))}\n");
    }

    private static Style StyleOf(ChangeKind kind) => kind switch
    {
        ChangeKind.Appear or ChangeKind.Widen or ChangeKind.Shift => Style.Bad,
        ChangeKind.Unknown => Style.Doubtful,
        _ => Style.Good,
    };

    private ConnectionGraph Graph()
    {
        var graph = new ConnectionGraph();
        foreach (var change in difference.Changes)
            graph.Add(
                Node(change.Source), Node(change.Destination),
                $"{Word(change.Kind)}: {ConnectionText.Compact(change.Before)} → {ConnectionText.Compact(change.After)}",
                isDoubtful: change.Kind is ChangeKind.Vanish or ChangeKind.Unknown,
                change.Kind switch { ChangeKind.Appear or ChangeKind.Widen or ChangeKind.Shift => "firebrick", ChangeKind.Unknown => "goldenrod", _ => "seagreen" });
        return graph;

        GraphNode Node(Counterpart end) => graph.Node(
            end.Name, end.Entry.Namespace, end.Entry.Range is null ? end.Name[(end.Entry.Namespace.Length + 1)..] : end.Name,
            end.Entry.Range is null ? NodeKind.Workload : NodeKind.Outside);
    }
}
