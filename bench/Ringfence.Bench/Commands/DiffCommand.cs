using System.CommandLine;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;

namespace Ringfence.Bench.Commands;

/// <summary><c>diff</c>: comparing two states of a generated cluster, from compiled forms.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        var (shape, seed, runs, json) = (CommonOptions.Shape("100k"), CommonOptions.Seed(), CommonOptions.Runs(), CommonOptions.Json());
        var command = new Command("diff", "Measure comparing a generated cluster with itself, and with itself after changes of its policies.") { shape, seed, runs, json };
        command.SetAction(result =>
        {
            var report = new Report();
            new DiffMeasures(report, new GeneratedCluster(result.GetRequiredValue(shape), result.GetValue(seed)), result.GetValue(runs)).Run();
            report.Print(CommonOptions.IsJson(result, json));
        });
        return command;
    }
}
