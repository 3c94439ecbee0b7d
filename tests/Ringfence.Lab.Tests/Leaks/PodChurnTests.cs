using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;
using static Ringfence.Lab.Tests.Policies;

namespace Ringfence.Lab.Tests.Leaks;

/// <summary>Many pods come and go, and nobody else notices.</summary>
public sealed class PodChurnTests
{
    [Fact]
    public async Task HundredPods_ComeAndGo_NothingLeaksAndNothingIsLost()
    {
        Root.IsNeeded();
        const int Changes = 50;
        var cancellation = TestContext.Current.CancellationToken;
        var ports = new[] { Port(8080), Port(8080, protocol: Protocol.Udp) };
        ClusterObjects Input(int change) => Cluster(
        [
            Pod("server", "node-1", ports), Pod("neighbour", "node-1", ports), Pod("friend", "node-2", ports), Pod("stranger", "node-2", ports),
            Ingress("server", "friend"), Ingress("guest", "friend"), Egress("guest", "server"),
            .. Enumerable.Range(change, 4).Select(number => Pod($"guest-{number}", $"node-{1 + (number % 2)}", ports) with { Labels = LabelSet.Of("app", number % 3 == 0 ? "friend" : "guest") }),
        ]);
        await using var lab = await LabCluster.StartAsync(new LabOptions(), Input(0), null, cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var traffic = new Traffic(lab, stop.Token);
        var running = traffic.RunAsync("shop/friend", ["shop/stranger", "shop/neighbour"], "shop/server");

        for (var change = 2; change <= 2 * Changes; change += 2) await lab.ApplyAsync(Input(change), cancellation);

        await Polling.UntilAsync(() => traffic is { Denied: > 500, Allowed: > 500 }, "many are tried");
        await stop.CancelAsync();
        await running;
        TestContext.Current.TestOutputHelper!.WriteLine($"{traffic.Denied} denied tried, {traffic.Allowed} allowed made");
        Assert.Empty(traffic.Leaks);
        Assert.Empty(traffic.Failures);
    }
}
