using System.CommandLine;
using Ringfence.Cli.Answers;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Output;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary><c>matrix</c>: who can reach whom, all workloads at once.</summary>
internal static class MatrixVerb
{
    // More than a page of rows is no picture any more.
    private const int MostUnfolded = 200;
    private const int MostRanges = 20;

    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("matrix", "Who can reach whom: a row for every source, a column for every destination, the open ports in the cells.");
        var by = new Option<string?>("--by")
        {
            Description = "Fold workloads into one row and column by namespace or by a label's value; 'workload' never folds.",
            HelpName = "namespace|label=KEY|workload",
        };
        by.CompletionSources.Add("namespace", "label=", "workload");
        by.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } value && value is not ("namespace" or "workload") && !(value.StartsWith("label=", StringComparison.Ordinal) && value.Length > 6))
                result.AddError($"'{value}' is nothing to fold by: use --by namespace, --by label=KEY or --by workload");
        });
        command.Options.Add(by);
        var common = new CommonOptions(command, rows: true,
            "Show only rows of this namespace; also the namespace of manifests that give none (default: default).");
        command.SetAction(parsed => Run(common.Read(parsed), parsed.GetValue(by)));
        return new Verb(command, Examples);
    }

    private static int Run(Choices choices, string? by)
    {
        var input = ClusterInput.Load(choices);
        var view = ClusterView.Create(input.Reachability);
        var filter = new RowFilter(choices);
        var notes = new ViewNotes(choices.Terminal, view);
        notes.TellIfNone(filter.Wants, choices.Namespace);
        var sources = view.Workloads.Concat(view.OutsideSources).Where(filter.Wants).ToList();
        var destinations = view.Workloads.Concat(view.OutsideDestinations).ToList();
        var fold = by switch
        {
            "namespace" => Fold.Namespace,
            null when !IsForMachines(choices.Format) && Math.Max(sources.Count, destinations.Count) > MostUnfolded => Fold.Namespace,
            null or "workload" => null,
            _ => Fold.Label(by["label=".Length..]),
        };
        if (fold is not null && by is null)
            choices.Terminal.Tell(Severity.Note,
                $"{view.Workloads.Length} workloads are folded by namespace; --by workload shows all, -n and -l choose rows, -o json has every pair");

        if (by?.StartsWith("label=", StringComparison.Ordinal) == true && !view.Workloads.Any(entry => entry.Labels.TryGet(by["label=".Length..], out _)))
            choices.Terminal.Tell(Severity.Note, $"no pods have the label {by["label=".Length..]}; labels of namespaces do not count");
        var grid = Gather();
        new MatrixOutput(choices, input, notes) { Fold = fold }.Write(view, sources, destinations, grid);
        choices.Terminal.Flush();
        notes.Tell();
        return input.Code(ExitCode.Yes);

        Grid? Gather()
        {
            if (fold is null && IsForMachines(choices.Format)) return null;
            using var progress = new ReadingProgress(choices.Terminal);
            var rows = Shorten(sources, (range, workload) => view.Between(range, workload));
            var columns = Shorten(destinations, (range, workload) => view.Between(workload, range));
            return fold is null
                ? WorkloadGrid.Create(view, rows, columns)
                : FoldedGrid.Create(view, rows, columns, fold, row => progress.Say($"comparing: source {row + 1} of {rows.Entries.Length}"));
        }

        // Where workloads are folded, many ranges are too.
        Axis Shorten(List<ViewEntry> entries, Func<ViewEntry, ViewEntry, Reach> between) =>
            fold is not null && entries.Count(entry => entry.Range is not null) > MostRanges
                ? Axis.Fold(entries)
                : Axis.Create(entries, range => view.Workloads.Select(workload => between(range, workload)));
    }

    private static bool IsForMachines(OutputFormat format) => format is OutputFormat.Json or OutputFormat.Yaml or OutputFormat.Csv;

    private const string Examples =
        """
        Cells show ports (TCP goes without saying): 'all' every connection, '-' none, '?' not decided by the input, '·' a single
        pod itself. A workload's own cell is what its replicas can open to each other. 'external' is every address outside;
        where policies tell addresses apart, the ranges stand beside 'other external'. -n and -l choose the rows.

        Examples:
          ringfence matrix -f examples/rag
          ringfence matrix -f examples/rag -n ai-platform -o wide
          ringfence matrix -f examples/rag --by namespace
          ringfence matrix -f examples/rag --by label=app -o md
          ringfence matrix -f examples/rag -o html > matrix.html
          ringfence matrix -f examples/rag -o dot | dot -Tsvg > matrix.svg
        """;
}
