using System.CommandLine;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;

namespace Ringfence.Bench.Commands;

/// <summary><c>exposure</c>: what a generated cluster leaves open to pods that are not there yet.</summary>
internal static class ExposureCommand
{
    public static Command Create()
    {
        var (shape, seed, runs, json) = (CommonOptions.Shape("100k"), CommonOptions.Seed(), CommonOptions.Runs(), CommonOptions.Json());
        var command = new Command("exposure", "Measure finding what a generated cluster leaves open to pods that are not there yet.") { shape, seed, runs, json };
        command.SetAction(result =>
        {
            var report = new Report();
            ExposureMeasures.Run(report, new GeneratedCluster(result.GetRequiredValue(shape), result.GetValue(seed)), result.GetValue(runs));
            report.Print(CommonOptions.IsJson(result, json));
        });
        return command;
    }
}
