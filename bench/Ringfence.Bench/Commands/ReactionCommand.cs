using System.CommandLine;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;

namespace Ringfence.Bench.Commands;

/// <summary><c>reaction</c>: from a policy's change to the first packet that obeys it.</summary>
internal static class ReactionCommand
{
    public static Command Create()
    {
        var shape = CommonOptions.Shape("1k");
        var times = new Option<int>("--times") { Description = "Changes in each direction.", DefaultValueFactory = _ => 50 };
        var (seed, cli, json) = (CommonOptions.Seed(), CommonOptions.Cli(), CommonOptions.Json());
        var command = new Command("reaction", "Measure the time from a policy's change to the first packet that obeys it, beside a generated cluster. Needs root.")
        {
            shape, times, seed, cli, json,
        };
        command.SetAction(result =>
        {
            if (!CommonOptions.IsRoot()) return CommonOptions.MachineLacks;
            var report = new Report();
            var cluster = new GeneratedCluster(result.GetRequiredValue(shape), result.GetValue(seed));
            new ReactionMeasures(report, cluster, result.GetValue(times), result.GetRequiredValue(cli)).Run();
            report.Print(CommonOptions.IsJson(result, json));
            return 0;
        });
        return command;
    }
}
