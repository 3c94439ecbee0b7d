using System.CommandLine;
using Ringfence.Bench.Api;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Manifests;
using Ringfence.Bench.Reporting;

namespace Ringfence.Bench.Commands;

/// <summary><c>api</c>: a synthetic API server with a generated cluster, for clients and agents to be measured with.</summary>
internal static class ApiCommand
{
    public static Command Create()
    {
        var (shape, seed) = (CommonOptions.Shape("100k"), CommonOptions.Seed());
        var kubeconfig = new Option<string>("--kubeconfig") { Description = "Where to write a kubeconfig of it.", Required = true };
        var detail = new Option<PodDetail>("--detail") { Description = "How much of a pod's spec and status there is.", DefaultValueFactory = _ => PodDetail.Lean };
        var noStreams = new Option<bool>("--no-streams") { Description = "Refuse watches that begin with all objects, as servers without WatchList do." };
        var command = new Command("api", "Serve a generated cluster as an API server of ready bytes, until standard input closes.") { shape, seed, kubeconfig, detail, noStreams };
        command.SetAction(async (result, cancellation) =>
        {
            var cluster = new SyntheticCluster(new GeneratedCluster(result.GetRequiredValue(shape), result.GetValue(seed)), result.GetValue(detail));
            GC.Collect();
            await using var api = await SyntheticApi.StartAsync(cluster, !result.GetValue(noStreams));
            api.WriteKubeconfig(result.GetRequiredValue(kubeconfig));
            Console.WriteLine($"{api.Address} {(cluster.Pods.Bytes + cluster.Policies.Bytes) / 1_000_000}");
            Report.Progress($"{cluster.Pods.Count:#,0} pods, {cluster.Pods.Bytes / 1e6:#,0} MB; {cluster.Policies.Count:#,0} policies, {cluster.Policies.Bytes / 1e6:#,0} MB");
            await Console.In.ReadToEndAsync(cancellation);
        });
        return command;
    }
}
