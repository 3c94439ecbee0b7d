using System.CommandLine;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;

namespace Ringfence.Bench.Commands;

/// <summary><c>served</c>: a lab with its API server and agents.</summary>
internal static class ServedCommand
{
    public static Command Create()
    {
        var pods = new Option<int>("--pods") { Description = "Number of pods.", DefaultValueFactory = _ => 300 };
        var nodes = new Option<int>("--nodes") { Description = "Number of nodes.", DefaultValueFactory = _ => 3 };
        var times = new Option<int>("--times") { Description = "Changes in each direction.", DefaultValueFactory = _ => 50 };
        var (cli, json) = (CommonOptions.Cli(), CommonOptions.Json());
        var command = new Command("served", "Measure a lab that its API leads: coming up, and the time from a policy to the first packet that obeys it. Needs root, and kubectl for its part.")
        {
            pods, nodes, times, cli, json,
        };
        command.SetAction(async (result, cancellation) =>
        {
            if (!CommonOptions.IsRoot()) return CommonOptions.MachineLacks;
            var report = new Report();
            await new ServedMeasures(report, result.GetValue(pods), result.GetValue(nodes), result.GetValue(times), result.GetRequiredValue(cli)).RunAsync(cancellation);
            report.Print(CommonOptions.IsJson(result, json));
            return 0;
        });
        return command;
    }
}
