using System.CommandLine;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;

namespace Ringfence.Bench.Commands;

/// <summary><c>node</c>: what one node of a generated cluster has to program.</summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        var (shape, seed, runs, json) = (CommonOptions.Shape("100k"), CommonOptions.Seed(), CommonOptions.Runs(), CommonOptions.Json());
        var command = new Command("node", "Measure compiling and programming the nftables rules of one node of a generated cluster, and changes of them. Needs root.")
        {
            shape, seed, runs, json,
        };
        command.SetAction(result =>
        {
            if (!CommonOptions.IsRoot()) return CommonOptions.MachineLacks;
            var report = new Report();
            new NodeMeasures(report, new GeneratedCluster(result.GetRequiredValue(shape), result.GetValue(seed)), result.GetValue(runs)).Run();
            report.Print(CommonOptions.IsJson(result, json));
            return 0;
        });
        return command;
    }
}
