using System.CommandLine;
using Ringfence.Bench.Packets;
using Ringfence.Bench.Reporting;

namespace Ringfence.Bench.Commands;

/// <summary><c>packets</c>: what policies cost on the path of packets.</summary>
internal static class PacketsCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "How often to go round all rule sets.", DefaultValueFactory = _ => 30 };
        var json = CommonOptions.Json();
        var command = new Command("packets", "Measure packets, new flows and connections through a node without rules, with Ringfence's, and with a rule a peer. Needs root, nft, ip and conntrack.")
        {
            rounds, json,
        };
        command.SetAction(result =>
        {
            if (!CommonOptions.IsRoot()) return CommonOptions.MachineLacks;
            var report = new Report();
            new PacketMeasures(report, result.GetValue(rounds)).Run();
            report.Print(CommonOptions.IsJson(result, json));
            return 0;
        });
        return command;
    }
}
