using Ringfence.Analysis;
using Ringfence.Analysis.Expectations;
using Ringfence.Analysis.Questions;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Testing;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>Tests for people: each case on a line, and below one that does not hold the flows with what decided them.</summary>
internal sealed class TestText(Choices choices)
{
    private const int MostListed = 20;
    private const string Margin = "    ";

    private readonly Terminal _terminal = choices.Terminal;

    /// <summary>Writes a run.</summary>
    public void Write(TestRun run)
    {
        foreach (var file in run.Files)
        {
            if (run.Files.Count > 1) Line($"{(file == run.Files[0] ? "" : "\n")}{_terminal.Paint(PlainText.Clean(file.File), Style.Heading)}");
            foreach (var result in file.Cases) Write(result, file.Cluster.Input.Snapshot);
        }

        WriteSummary(run);
        foreach (var cluster in run.Clusters) WriteCoverage(cluster, run.Clusters.Skip(1).Any());
    }

    /// <summary>What a result says in a word.</summary>
    public static string Word(ExpectationOutcome outcome) => outcome switch
    {
        ExpectationOutcome.Passed => "passed",
        ExpectationOutcome.Failed => "failed",
        ExpectationOutcome.Unknown => "unknown",
        _ => "error",
    };

    /// <summary>What is wrong with a result, in one sentence.</summary>
    public static string Headline(ExpectationResult result)
    {
        if (result.Problem is { } problem) return problem.Message;
        var expected = result.Expectation.Mode switch
        {
            ExpectationMode.Allow => "allowed",
            ExpectationMode.Deny => "denied",
            _ => "these and nobody else",
        };
        var flows = Counted.Of(result.Flows, "flow");
        if (result.UnexpectedCount == 0) return $"expected {expected}; the input does not decide it";
        return result.Outcome == ExpectationOutcome.Unknown
            ? $"expected {expected}; {result.UnexpectedCount} of {flows} cannot be decided"
            : $"expected {expected}; {result.UnexpectedCount} of {flows} {(result.UnexpectedCount == 1 ? "is" : "are")} not as expected";
    }

    private void Write(CaseResult result, Snapshot snapshot)
    {
        var (word, style) = result.Outcome switch
        {
            ExpectationOutcome.Passed => ("PASS ", Style.Good),
            ExpectationOutcome.Failed => ("FAIL ", Style.Bad),
            ExpectationOutcome.Unknown => ("?    ", Style.Doubtful),
            _ => ("ERROR", Style.Bad),
        };
        Line($"{_terminal.Paint(word, style)}  {PlainText.Clean(result.Case.Name)}");
        foreach (var part in result.Results)
        {
            foreach (var note in part.Notes) _terminal.Tell(Severity.Note, $"{part.Expectation.Location}: {note}");
            if (part.Outcome != ExpectationOutcome.Passed) Write(part, snapshot);
        }
    }

    private void Write(ExpectationResult result, Snapshot snapshot)
    {
        foreach (var line in PlainText.Wrap(PlainText.Clean($"{result.Expectation.Location}: {Headline(result)}"), Math.Max((_terminal.Width ?? 120) - 2, 30))) Line($"  {line}");
        var text = new VerdictText(_terminal, snapshot, wide: false, Margin);
        Decision? told = null;
        foreach (var flow in result.Unexpected)
        {
            var outcome = flow.Verdict.Outcome;
            var open = flow is { Expected: Outcome.Allowed, Open: { IsEmpty: false } still } ? $"  open: {still}" : "";
            var what = flow.Connections.IsAll ? "every connection" : Short(flow.Connections);
            Line($"{Margin}{_terminal.Paint(outcome.Word().PadRight(7), outcome.Style())}  {PlainText.Clean($"{flow.Source} -> {flow.Destination}")}  {what}{open}");

            // Flows that one rule decides have the same reasons.
            var decision = Decision.Of(flow.Verdict);
            if (told is not null && IsSame(told, decision)) continue;
            text.WriteSides(new Part(outcome, 1, [], flow.Verdict) { Example = new Flow(new FlowEnd(flow.Source, flow.Verdict.Source), new FlowTarget(new FlowEnd(flow.Destination, flow.Verdict.Destination), null, 0), false) });
            told = decision;
        }

        if (result.UnexpectedCount > result.Unexpected.Length) Line($"{Margin}and {Counted.Of(result.UnexpectedCount - result.Unexpected.Length, "more flow")}");
        foreach (var missing in result.Missing) Line($"{Margin}the input lacks: {PlainText.Clean(missing)}");
    }

    private static bool IsSame(Decision a, Decision b) => a.Policies.SequenceEqual(b.Policies) && a.Location == b.Location && a.Rule?.Index == b.Rule?.Index;

    // What is left of everything is long, and says little.
    private static string Short(ConnectionSet connections) => connections.OtherProtocols ? "all other connections" : connections.ToString();

    private void WriteSummary(TestRun run)
    {
        if (run.Files.Count == 0) return;
        var cases = run.Cases.ToList();
        var counts = ((ExpectationOutcome[])[ExpectationOutcome.Passed, ExpectationOutcome.Failed, ExpectationOutcome.Unknown, ExpectationOutcome.Error])
            .Select(outcome => (outcome, Count: cases.Count(result => result.Outcome == outcome)))
            .Where(item => item.Count > 0)
            .Select(item => item.outcome switch
            {
                ExpectationOutcome.Passed => _terminal.Paint($"{item.Count} passed", Style.Good),
                ExpectationOutcome.Failed => _terminal.Paint($"{item.Count} failed", Style.Bad),
                ExpectationOutcome.Unknown => _terminal.Paint($"{item.Count} unknown", Style.Doubtful),
                _ => _terminal.Paint(Counted.Of(item.Count, "error"), Style.Bad),
            });
        Line($"\n{Counted.Of(cases.Count, "case")}, {Counted.Of(cases.Sum(result => result.Flows), "flow")}: {string.Join(", ", counts)}");
    }

    private void WriteCoverage(TestedCluster cluster, bool isOneOfMany)
    {
        if (cluster.Coverage?.Report() is not { } report) return;
        Line($"\n{_terminal.Paint("Coverage", Style.Heading)}{(isOneOfMany ? $" of {PlainText.Clean(string.Join(", ", cluster.Manifests))}" : "")}");
        Line($"  {CoverageText.Rules(report)}");
        Line($"  {CoverageText.Pairs(report)}");
        WriteList("Rules that no expectation exercises", ["RULE", "PLACE"], report.UnusedRules, rule => [rule.Name, new Cell(rule.Location.ToString(), Style.Faint)]);
        WriteList("Open pairs that no expectation mentions", ["SOURCE", "DESTINATION", "CONNECTION"], report.UnmentionedPairs,
            pair => [pair.Source.Name, pair.Destination.Name, ConnectionListOutput.Text(pair.Reach)]);
    }

    private void WriteList<T>(string heading, string[] columns, IReadOnlyCollection<T> items, Func<T, IReadOnlyList<Cell>> row)
    {
        if (items.Count == 0) return;
        Line($"\n{heading}");
        new TextTable(_terminal, choices.Headers ? columns : null).Write(items.Take(MostListed).Select(row));
        if (items.Count > MostListed) Line($"and {items.Count - MostListed} more (-o json has them all)");
    }

    private void Line(string text) => _terminal.Out.Write(text + "\n");
}
