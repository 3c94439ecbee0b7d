using System.CommandLine;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;
using Ringfence.Lab;

namespace Ringfence.Bench.Commands;

/// <summary><c>lab</c>: how fast a lab comes up.</summary>
internal static class LabCommand
{
    public static Command Create()
    {
        var pods = new Option<int>("--pods") { Description = "Number of pods.", DefaultValueFactory = _ => 200 };
        var nodes = new Option<int>("--nodes") { Description = "Number of nodes.", DefaultValueFactory = _ => 3 };
        var families = new Option<LabFamilies>("--families") { Description = "v4, v6 or dual.", DefaultValueFactory = _ => LabFamilies.V4 };
        var unenforced = new Option<bool>("--no-enforce") { Description = "Without policies in force." };
        var json = CommonOptions.Json();
        var command = new Command("lab", "Measure starting, changing and ending a lab, and its memory. Needs root.") { pods, nodes, families, unenforced, json };
        command.SetAction(async (result, cancellation) =>
        {
            if (!CommonOptions.IsRoot()) return CommonOptions.MachineLacks;
            var report = new Report();
            var options = new LabOptions { Nodes = result.GetValue(nodes), Families = result.GetValue(families), Enforce = !result.GetValue(unenforced), MostReplicas = int.MaxValue };
            await new LabMeasures(report, options, result.GetValue(pods)).RunAsync(cancellation);
            report.Print(CommonOptions.IsJson(result, json));
            return 0;
        });
        return command;
    }
}
