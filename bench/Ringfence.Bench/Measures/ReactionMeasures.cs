using System.Diagnostics;
using Ringfence.Agent;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Packets;
using Ringfence.Bench.Reporting;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Bench.Measures;

/// <summary>Measures how long packets take no notice of a changed policy, on a node with 110 pods of a generated cluster.</summary>
internal sealed class ReactionMeasures(Report report, GeneratedCluster cluster, int times, string cli)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string _name = $"{cluster.Shape.Name}, 110 pods on the node";

    public void Run()
    {
        Report.Progress($"generating {cluster.Shape.Size}");
        var state = new ReactionState(cluster);
        using (var node = new ForwardingNode()) InProcess(node, state);
        using (var node = new ForwardingNode()) AsProcess(node, state);
    }

    private void InProcess(ForwardingNode node, ReactionState state)
    {
        var reachability = Reachability.Compile(Snapshot.Create(state.Objects));
        using var agent = new NodeAgent(node.Network, new NodeAgentOptions());
        agent.Update(reachability, state.Scope);
        using var watch = new PacketWatch(node.Sender, node.Receiver, ForwardingNode.Port);
        Measure("agent in process", watch, times, policy =>
        {
            reachability.Apply(new Change(policy, Removed: false));
            agent.Update(reachability, state.Scope);
        });
    }

    private void AsProcess(ForwardingNode node, ReactionState state)
    {
        var folder = Directory.CreateTempSubdirectory("ringfence-reaction-").FullName;
        try
        {
            state.Write(cluster, folder);
            var start = new ProcessStartInfo(cli, ["agent", "-f", folder, "--node", state.Scope.Node, "--netns", node.Network.Path]) { RedirectStandardError = true, UseShellExecute = false };
            using var agent = Process.Start(start)!;
            try
            {
                using var ready = new ManualResetEventSlim();
                agent.ErrorDataReceived += (_, line) =>
                {
                    if (line.Data?.Contains("in force", StringComparison.Ordinal) == true) ready.Set();
                    else if (line.Data is not null) Report.Progress(line.Data);
                };
                agent.BeginErrorReadLine();
                if (!ready.Wait(Patience)) throw new TimeoutException("the agent puts nothing in force");
                using var watch = new PacketWatch(node.Sender, node.Receiver, ForwardingNode.Port);
                Measure("ringfence agent -f", watch, Math.Max(1, times / 2), policy => ReactionState.Write(policy, folder));
            }
            finally
            {
                agent.Kill(entireProcessTree: true);
                agent.WaitForExit();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Twice as long as it took before the next change, so that one change never waits for the one before.
    private void Measure(string how, PacketWatch watch, int count, Action<NetworkPolicy> change)
    {
        const int WarmUp = 3;
        var (allow, deny) = (new Latencies(count), new Latencies(count));
        for (var i = 0; i < 2 * (count + WarmUp); i++)
        {
            var isAllow = i % 2 == 1;
            var started = Stopwatch.GetTimestamp();
            change(ReactionState.Policy(isAllow, i));
            var took = watch.WaitFor(isAllow, started);
            Thread.Sleep(took);
            if (i >= 2 * WarmUp) (isAllow ? allow : deny).Add(took);
        }

        foreach (var (what, latencies) in new[] { ("allow", allow), ("deny", deny) })
        {
            report.Add(_name, $"{how}, {what} to first packet, p50", latencies.Percentile(50) / 1000, "ms");
            report.Add(_name, $"{how}, {what} to first packet, p99", latencies.Percentile(99) / 1000, "ms", note: $"of {count}");
        }
    }
}
