using System.CommandLine;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;

namespace Ringfence.Bench.Commands;

/// <summary><c>engine</c>: the engine alone, from objects in memory.</summary>
internal static class EngineCommand
{
    public static Command Create()
    {
        var (shape, seed, runs, json) = (CommonOptions.Shape("100k"), CommonOptions.Seed(), CommonOptions.Runs(), CommonOptions.Json());
        var command = new Command("engine", "Measure building, questions and changes on a generated cluster, from objects in memory.") { shape, seed, runs, json };
        command.SetAction(result =>
        {
            var report = new Report();
            new EngineMeasures(report, new GeneratedCluster(result.GetRequiredValue(shape), result.GetValue(seed)), result.GetValue(runs)).Run();
            report.Print(CommonOptions.IsJson(result, json));
        });
        return command;
    }
}
