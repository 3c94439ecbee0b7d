using System.CommandLine;
using System.Diagnostics;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Manifests;

namespace Ringfence.Bench.Commands;

/// <summary><c>generate</c>: writes a cluster to disk, or says what it is made of.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var shape = CommonOptions.Shape("1k");
        var seed = CommonOptions.Seed();
        var output = new Option<string?>("--out", "-w") { Description = "A file (*.json, one List as kubectl prints it) or a folder (YAML, a folder a namespace)." };
        var detail = new Option<PodDetail>("--detail") { Description = "How much of a pod's spec and status is written.", DefaultValueFactory = _ => PodDetail.Lean };
        var command = new Command("generate", "Write a generated cluster, or with no --out tell its proportions.") { shape, seed, output, detail };
        command.SetAction(result =>
        {
            var cluster = new GeneratedCluster(result.GetRequiredValue(shape), result.GetValue(seed));
            if (result.GetValue(output) is { } path)
            {
                var started = Stopwatch.GetTimestamp();
                if (path.EndsWith(".json", StringComparison.Ordinal)) ClusterFiles.WriteJson(cluster, path, result.GetValue(detail));
                else ClusterFiles.WriteYaml(cluster, path, result.GetValue(detail));
                Console.Error.WriteLine($"{path}: {cluster.Shape.Size}, written in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
                return;
            }

            foreach (var (what, value) in Census.Of(cluster.ToObjects())) Console.WriteLine($"{what,-18} {value}");
        });
        return command;
    }
}
