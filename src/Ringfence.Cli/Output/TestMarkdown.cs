using Ringfence.Analysis.Expectations;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Testing;

namespace Ringfence.Cli.Output;

/// <summary>Tests as Markdown, for comments on a change.</summary>
internal static class TestMarkdown
{
    /// <summary>Writes a run.</summary>
    public static void Write(Choices choices, TestRun run)
    {
        var output = choices.Terminal.Out;
        Markdown.WriteTable(output, ["Case", "Result", "Flows", "Why"], choices.Headers, run.Cases.Select(result => (IEnumerable<string>)
        [
            result.Case.Name, TestText.Word(result.Outcome), $"{result.Flows}", string.Join("; ", TestReasons.Of(result)),
        ]));
        foreach (var cluster in run.Clusters)
        {
            if (cluster.Coverage?.Report() is not { } report) continue;
            output.Write($"\n**Coverage**: {CoverageText.Rules(report)}, {CoverageText.Pairs(report)}\n");
            if (!report.UnusedRules.IsEmpty)
            {
                output.Write('\n');
                Markdown.WriteTable(output, ["Rule that no expectation exercises", "Place"], choices.Headers, report.UnusedRules.Select(rule => (IEnumerable<string>)[rule.Name, rule.Location.ToString()]));
            }

            if (report.UnmentionedPairs.IsEmpty) continue;
            output.Write('\n');
            Markdown.WriteTable(output, ["Source that no expectation mentions", "Destination", "Connection"], choices.Headers,
                report.UnmentionedPairs.Select(pair => (IEnumerable<string>)[pair.Source.Name, pair.Destination.Name, ConnectionListOutput.Text(pair.Reach)]));
        }
    }
}
