using Ringfence.Analysis.Expectations;
using Ringfence.Cli.Testing;

namespace Ringfence.Cli.Output;

/// <summary>Tests as TAP 14.</summary>
/// <remarks>https://testanything.org/tap-version-14-specification.html</remarks>
internal static class TestTap
{
    /// <summary>Writes a run. What cannot be decided is not ok.</summary>
    public static void Write(TextWriter output, TestRun run)
    {
        var number = 0;
        output.Write($"TAP version 14\n1..{run.Cases.Count()}\n");
        foreach (var (file, result) in run.Files.SelectMany(file => file.Cases.Select(result => (file, result))))
        {
            var isOk = result.Outcome == ExpectationOutcome.Passed;
            var name = run.Files.Count > 1 ? $"{file.File}: {result.Case.Name}" : result.Case.Name;
            output.Write($"{(isOk ? "ok" : "not ok")} {++number} - {Escape(name)}\n");
            if (isOk) continue;
            using var yaml = new StringWriter();
            using (var writer = new YamlOutput(yaml))
            {
                writer.StartObject();
                writer.Field("outcome", TestText.Word(result.Outcome));
                writer.Field("at", result.Case.Location.ToString());
                writer.List("message", TestReasons.Of(result).Select(PlainText.Clean));
                writer.EndObject();
            }

            output.Write("  ---\n");
            foreach (var line in yaml.ToString().TrimEnd('\n').Split('\n')) output.Write($"  {line}\n");
            output.Write("  ...\n");
        }

        foreach (var cluster in run.Clusters)
        {
            if (cluster.Coverage?.Report() is not { } report) continue;
            output.Write($"# {CoverageText.Rules(report)}\n# {CoverageText.Pairs(report)}\n");
            foreach (var rule in report.UnusedRules) output.Write($"# not exercised: {PlainText.Clean(rule.Name)} {PlainText.Clean(rule.Location.ToString())}\n");
            foreach (var pair in report.UnmentionedPairs) output.Write($"# not mentioned: {PlainText.Clean($"{pair.Source.Name} -> {pair.Destination.Name} {ConnectionListOutput.Text(pair.Reach)}")}\n");
        }
    }

    // A hash would begin a directive.
    private static string Escape(string name) => PlainText.Clean(name).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("#", "\\#", StringComparison.Ordinal);
}
