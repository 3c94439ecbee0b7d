using System.Collections.Immutable;
using System.Diagnostics;
using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;

namespace Ringfence.Lab.Tests;

/// <summary>A lab's beginning and end, and what the host sees of it. Alone, for it counts what the process holds.</summary>
[Collection(AloneCollection.Name)]
public class LifeTests
{
    private static readonly LabOptions Open = new() { Enforce = false };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_IsTheSameBeforeDuringAndAfter()
    {
        Root.IsNeeded();
        var before = HostState.Read();

        var service = new Service { Namespace = "shop", Name = "web", Selector = LabelSet.Of("app", "web"), Ports = [new(null, 80, Protocol.Tcp, new PortReference(80, null), null)] };
        var lab = await LabCluster.StartAsync(Open with { Families = LabFamilies.Dual }, Cluster(Deployment("web", 2, Port(80)), service), null, Cancellation);
        var during = HostState.Read();
        await lab.DisposeAsync();

        Assert.Equal(before, during);
        Assert.Equal(before, HostState.Read());
    }

    [Fact]
    public async Task ManyChanges_LeaveNoFilesAndThreadsBehind()
    {
        Root.IsNeeded();
        const int Rounds = 30;
        var deny = new NetworkPolicy { Namespace = "shop", Name = "deny", PodSelector = new([]), AffectsIngress = true };
        ClusterObjects Input(int round) => Cluster(Pod("stays", null, Port(80)), Pod($"comes-{round % 2}", null, Port(80), Port(81)), deny with { AffectsEgress = round % 2 == 0 });
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = LabFamilies.Dual }, Input(0), null, Cancellation);
        await ApplyAsync(4);
        var (files, threads) = Held();

        await ApplyAsync(Rounds);

        // Workers of the runtime's pool come and go.
        var (filesAfter, threadsAfter) = Held();
        Assert.InRange(filesAfter, 0, files + 5);
        Assert.InRange(threadsAfter, 0, threads + 15);

        async Task ApplyAsync(int rounds)
        {
            for (var round = 1; round <= rounds; round++) await lab.ApplyAsync(Input(round), Cancellation);
        }

        static (int Files, int Threads) Held()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return (Directory.GetFiles("/proc/self/fd").Length, Directory.GetDirectories("/proc/self/task").Length);
        }
    }

    [Fact]
    public async Task SixtyPodsOnThreeNodes_AreAllReached()
    {
        Root.IsNeeded();
        var input = Cluster([.. Enumerable.Range(0, 60).Select(number => Pod($"pod-{number}", null, Port(80)))]);
        await using var lab = await LabCluster.StartAsync(Open with { Nodes = 3 }, input, null, Cancellation);

        var answers = await Task.WhenAll(lab.Pods.Values.Where(pod => pod.Pod.Namespace == "shop").Select(pod => PlainSockets.AskAsync(lab.Outside, pod.Pod.Addresses[0], 80)));

        Assert.Equal(60, answers.Distinct(StringComparer.Ordinal).Count());
        Assert.All(answers, answer => Assert.StartsWith("shop/pod-", answer, StringComparison.Ordinal));
        Assert.Equal([20, 20, 21], lab.Pods.Values.CountBy(pod => pod.Pod.NodeName!).Select(count => count.Value).Order());
    }

    [Fact]
    public async Task HostNetworkPod_HasItsNodesNetworkAndAddresses()
    {
        Root.IsNeeded();
        var host = Pod("host", "node-2", Port(9100));
        var input = Cluster(host with { Network = host.Network with { HostNetwork = true } }, Pod("a", "node-1"));
        await using var lab = await LabCluster.StartAsync(Open, input, null, Cancellation);

        var pod = lab.Pods["shop/host"];

        Assert.Null(pod.Interface);
        Assert.Same(lab.Nodes[1].Network, pod.Network);
        Assert.Equal(lab.Nodes[1].Node.Addresses.AsEnumerable(), pod.Pod.Addresses);
        Assert.Equal("shop/host", await PlainSockets.AskAsync(lab.Pods["shop/a"].Network, pod.Pod.Addresses[0], 9100));
    }

    [Theory]
    [InlineData("ipv4", "route_localnet")]
    [InlineData("ipv4", "proxy_arp")]
    [InlineData("ipv4", "accept_redirects")]
    [InlineData("ipv4", "send_redirects")]
    [InlineData("ipv4", "rp_filter")]
    [InlineData("ipv6", "accept_ra")]
    [InlineData("ipv6", "accept_redirects")]
    [InlineData("ipv6", "proxy_ndp")]
    public async Task Interfaces_HaveNothingOfTheMachinesSwitches(string family, string name)
    {
        Root.IsNeeded();
        await using var lab = await LabCluster.StartAsync(Open with { Families = LabFamilies.Dual }, Cluster(Pod("a")), null, Cancellation);

        foreach (var network in new[] { lab.Outside, lab.Nodes[0].Network, lab.Pods["shop/a"].Network })
            foreach (var scope in new[] { "all", "default", "eth0" })
                Assert.Equal("0", network.Run(() => File.ReadAllText($"/proc/sys/net/{family}/conf/{scope}/{name}").Trim()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Start_Cancelled_LeavesNothing(int steps)
    {
        Root.IsNeeded();
        using var cancel = new CancellationTokenSource();
        var seen = 0;
        var progress = new Steps(() =>
        {
            if (seen++ == steps) cancel.Cancel();
        });
        var input = Cluster([.. Enumerable.Range(0, 30).Select(number => Pod($"pod-{number}", null, Port(80)))]);
        var mine = Namespaces();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LabCluster.StartAsync(Open, input, progress, cancel.Token));

        for (var tries = 0; tries < 1200 && Namespaces() > mine; tries++) await Task.Delay(50, Cancellation);
        Assert.InRange(Namespaces(), 0, mine);
    }

    [Fact]
    public async Task Dispose_Twice_IsFine_AndApplyIsRefusedAfterwards()
    {
        Root.IsNeeded();
        var lab = await LabCluster.StartAsync(Open, Cluster(Pod("a")), null, Cancellation);

        await lab.DisposeAsync();
        await lab.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => lab.ApplyAsync(ClusterObjects.Empty, Cancellation));
    }

    /// <summary>How many namespaces this process holds.</summary>
    private static int Namespaces()
    {
        var count = 0;
        foreach (var file in Directory.EnumerateFiles("/proc/self/fd"))
            if (TargetOf(file).Contains("net:[", StringComparison.Ordinal)) count++;
        return count;
    }

    private static string TargetOf(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: false)?.FullName ?? "";
        }
        catch (FileNotFoundException)
        {
            // Closed meanwhile.
            return "";
        }
    }

    private sealed class Steps(Action step) : IProgress<string>
    {
        public void Report(string value) => step();
    }
}

/// <summary>Tests that nothing else may run beside.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    /// <summary>The collection's name.</summary>
    public const string Name = "alone";
}
