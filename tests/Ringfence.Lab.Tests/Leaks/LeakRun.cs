using System.Collections.Immutable;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Model;

namespace Ringfence.Lab.Tests.Leaks;

/// <summary>What a run saw.</summary>
/// <param name="Leaks">Denied connections that succeeded.</param>
/// <param name="Failures">Allowed connections that failed.</param>
/// <param name="Denied">Denied ones tried.</param>
/// <param name="Allowed">Allowed ones made.</param>
/// <param name="Commits">Changes that agents put in force.</param>
/// <param name="Kills">How often an agent was killed.</param>
/// <param name="Complaints">What agents complained about.</param>
internal sealed record LeakResult(
    IReadOnlyList<string> Leaks, IReadOnlyList<string> Failures, long Denied, long Allowed, int Commits, int Kills, IReadOnlyList<string> Complaints);

/// <summary>
/// A lab whose policies change without end, whose pods come and go, and whose node agents, processes of their own, are killed at random points and started anew,
/// while one flow is tried that is never allowed and others are kept busy that always are.
/// </summary>
internal static class LeakRun
{
    /// <summary>How many connections of each kind are to be tried.</summary>
    public const int EnoughTraffic = 1000;

    private const int MostExtras = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The pods of a run: a server, who may reach it, and who may not, on its node and on the other.</summary>
    public static ClusterObjects Cluster { get; } = new()
    {
        Namespaces = [new Namespace { Name = "shop" }],
        Pods =
        [
            Pod("server", "node-1"), Pod("neighbour", "node-1"), Pod("friend", "node-2"), Pod("stranger", "node-2"),
            .. Enumerable.Range(0, MostExtras).Select(number => Pod($"extra-{number}", $"node-{1 + (number % 2)}", "extra")),
        ],
    };

    /// <summary>Runs it.</summary>
    /// <param name="program">The program whose <c>agent</c> is run.</param>
    /// <param name="changes">How many changes there are at least.</param>
    /// <param name="seed">Begins the random numbers.</param>
    /// <param name="pace">The mean time between changes.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<LeakResult> RunAsync(string program, int changes, int seed, TimeSpan pace, CancellationToken cancellation)
    {
        var dice = new Dice(seed);
        await using var lab = await LabCluster.StartAsync(new LabOptions { Name = "leaks", Nodes = 2, Enforce = false }, Cluster, null, cancellation);
        var folder = Directory.CreateTempSubdirectory("ringfence-leaks-").FullName;
        var state = new StateFile(folder);
        var churn = new PolicyChurn(dice);
        state.Write(lab, _ => true, churn.Next());
        var agents = lab.Nodes.Select(node => AgentProcess.Start(program, node, state.Path)).ToImmutableArray();
        try
        {
            await UntilAsync(() => agents.All(agent => agent.Commits > 0), () => string.Join('\n', agents.SelectMany(agent => agent.Complaints)), cancellation);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var traffic = new Traffic(lab, stop.Token);
            var running = traffic.RunAsync("shop/friend", ["shop/stranger", "shop/neighbour"], "shop/server");

            // A busy machine does less in the same time, and gets more of it.
            var started = TimeProvider.System.GetTimestamp();
            bool IsEnough() => Commits() > changes / 4 && agents.Any(agent => agent.Kills > 0) && traffic is { Denied: > EnoughTraffic, Allowed: > EnoughTraffic };
            for (var change = 0; (change < changes || (!IsEnough() && TimeProvider.System.GetElapsedTime(started) < Patience)) && !cancellation.IsCancellationRequested; change++)
            {
                var hidden = dice.UpTo(MostExtras);
                state.Write(lab, pod => !pod.Pod.Name.StartsWith("extra-", StringComparison.Ordinal) || pod.Pod.Name != $"extra-{hidden}", churn.Next());
                await Task.Delay(pace * (dice.UpTo(200) / 100.0), cancellation);
                if (dice.Percent(8)) dice.Pick<AgentProcess>(agents).Restart();
            }

            await stop.CancelAsync();
            await running;
            return new LeakResult(
                traffic.Leaks, traffic.Failures, traffic.Denied, traffic.Allowed,
                Commits(), agents.Sum(agent => agent.Kills), [.. agents.SelectMany(agent => agent.Complaints)]);
        }
        finally
        {
            foreach (var agent in agents) agent.Dispose();
            Directory.Delete(folder, recursive: true);
        }

        int Commits() => agents.Sum(agent => agent.Commits);
    }

    private static Pod Pod(string name, string node, string? app = null) => new()
    {
        Namespace = "shop",
        Name = name,
        NodeName = node,
        Labels = LabelSet.Of("app", app ?? name),
        Network = new PodNetworkSpec([new(null, 8080, Protocol.Tcp), new(null, 8080, Protocol.Udp)], HostNetwork: false),
    };

    private static async Task UntilAsync(Func<bool> condition, Func<string> why, CancellationToken cancellation)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience) throw new TimeoutException($"the agents are not at work: {why()}");
            await Task.Delay(50, cancellation);
        }
    }
}
