using System.CommandLine;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;

namespace Ringfence.Bench.Commands;

/// <summary><c>agent</c>: an agent that follows an API server with a large cluster.</summary>
internal static class AgentCommand
{
    public static Command Create()
    {
        var shape = CommonOptions.Shape("100k");
        var events = new Option<int>("--events") { Description = "Events of each sort.", DefaultValueFactory = _ => 200 };
        var pause = new Option<int>("--pause") { Description = "Milliseconds between events.", DefaultValueFactory = _ => 50 };
        var (seed, cli, json) = (CommonOptions.Seed(), CommonOptions.Cli(), CommonOptions.Json());
        var command = new Command("agent", "Measure an agent beside a synthetic API server: first sync, from an event to its commit, memory. Needs root.")
        {
            shape, events, pause, seed, cli, json,
        };
        command.SetAction(async (result, cancellation) =>
        {
            if (!CommonOptions.IsRoot()) return CommonOptions.MachineLacks;
            var report = new Report();
            var cluster = new GeneratedCluster(result.GetRequiredValue(shape), result.GetValue(seed));
            await new AgentMeasures(report, cluster, result.GetValue(events), result.GetValue(pause), result.GetRequiredValue(cli)).RunAsync();
            report.Print(CommonOptions.IsJson(result, json));
            return 0;
        });
        return command;
    }
}
