using Ringfence.Analysis.Expectations;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Testing;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>Tests for machines.</summary>
internal static class TestRecord
{
    /// <summary>Writes a run.</summary>
    public static void Write(Choices choices, TestRun run)
    {
        using var writer = choices.Structured();
        writer.StartAnswer("TestResult");
        writer.Object("summary", () =>
        {
            writer.Field("cases", run.Cases.LongCount());
            foreach (var outcome in Enum.GetValues<ExpectationOutcome>()) writer.Field(TestText.Word(outcome), run.Cases.LongCount(result => result.Outcome == outcome));
        });
        writer.List("items", run.Files.SelectMany(file => file.Cases.Select(result => (file.File, Result: result))), item =>
        {
            writer.Field("name", item.Result.Case.Name);
            writer.Field("file", item.File);
            writer.Field("outcome", TestText.Word(item.Result.Outcome));
            writer.Field("flows", item.Result.Flows);
            writer.Location("location", item.Result.Case.Location);
            writer.List("expectations", item.Result.Results, result => Write(writer, result));
        });
        var coverage = run.Clusters.Where(cluster => cluster.Coverage is not null).ToList();
        if (coverage.Count > 0) writer.List("coverage", coverage, cluster => Write(writer, cluster));
        writer.EndObject();
    }

    private static void Write(StructuredWriter writer, ExpectationResult result)
    {
        writer.Field("mode", Mode(result.Expectation.Mode));
        writer.List("from", result.Expectation.From.Select(end => end.Text));
        writer.List("to", result.Expectation.To.Select(end => end.Text));
        writer.List("ports", result.Expectation.Ports.Select(port => port.ToString()));
        writer.Field("outcome", TestText.Word(result.Outcome));
        writer.Field("flows", result.Flows);
        writer.Location("location", result.Expectation.Location);
        writer.Field("problem", result.Problem?.Message);
        writer.Field("unexpectedCount", result.UnexpectedCount);
        writer.List("unexpected", result.Unexpected, flow =>
        {
            var decision = Decision.Of(flow.Verdict);
            writer.Field("source", flow.Source);
            writer.Field("destination", flow.Destination);
            writer.Field("expected", flow.Expected.Word());
            writer.Field("verdict", flow.Verdict.Outcome.Word());
            writer.Field("connection", flow.Connections.ToString());
            writer.Field("open", flow.Open?.ToString());
            writer.Field("exemption", flow.Verdict.Exemption);
            writer.List("policies", decision.Policies.Select(policy => policy.QualifiedName));
            writer.Field("rule", decision.Rule is { } rule ? Decision.Name(rule) : null);
            writer.Location("location", decision.Location);
        });
        writer.List("missing", result.Missing);
        writer.List("notes", result.Notes);
    }

    private static void Write(StructuredWriter writer, TestedCluster cluster)
    {
        var report = cluster.Coverage!.Report();
        writer.List("manifests", cluster.Manifests);
        writer.Object("rules", () =>
        {
            writer.Field("total", report.Rules);
            writer.Field("exercised", report.Rules - report.UnusedRules.Length);
            writer.List("notExercised", report.UnusedRules, rule =>
            {
                writer.Field("policy", rule.Policy.QualifiedName);
                writer.Field("rule", rule.Name);
                writer.Location("location", rule.Location);
            });
        });
        writer.Object("pairs", () =>
        {
            writer.Field("total", report.Pairs);
            writer.Field("mentioned", report.Pairs - report.UnmentionedPairs.Length);
            writer.List("notMentioned", report.UnmentionedPairs, pair => ConnectionListOutput.WriteConnection(writer, pair.Source.Name, pair.Destination.Name, pair.Reach));
        });
    }

    /// <summary>The word for what an entry says.</summary>
    public static string Mode(ExpectationMode mode) => mode switch
    {
        ExpectationMode.Allow => "allow",
        ExpectationMode.Deny => "deny",
        _ => "only",
    };
}
