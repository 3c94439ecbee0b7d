using System.CommandLine;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;

namespace Ringfence.Bench.Commands;

/// <summary><c>lint</c>: what linting costs beside building the engine, rule by rule.</summary>
internal static class LintCommand
{
    public static Command Create()
    {
        var (shape, seed, runs, json) = (CommonOptions.Shape("100k"), CommonOptions.Seed(), CommonOptions.Runs(), CommonOptions.Json());
        var command = new Command("lint", "Measure linting a generated cluster, whole and rule by rule, beside building the engine.") { shape, seed, runs, json };
        command.SetAction(result =>
        {
            var report = new Report();
            new LintMeasures(report, new GeneratedCluster(result.GetRequiredValue(shape), result.GetValue(seed)), result.GetValue(runs)).Run();
            report.Print(CommonOptions.IsJson(result, json));
        });
        return command;
    }
}
