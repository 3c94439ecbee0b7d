using System.Diagnostics;
using Ringfence.Evidence.Probes;
using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;
using static Ringfence.Lab.Tests.Policies;

namespace Ringfence.Lab.Tests;

/// <summary>What is no plain connection between two pods.</summary>
public sealed class OddPacketTests
{
    private const int Box = 5000;
    private const int Web = 8000;
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LabFamilies.V4)]
    [InlineData(LabFamilies.V6)]
    public async Task Ping_IsAdmittedByRulesWithoutPortsAlone(LabFamilies families)
    {
        Root.IsNeeded();
        var ports = new[] { Number(1, 65535), Number(1, 65535, Protocol.Udp), Number(1, 65535, Protocol.Sctp) };
        var input = Cluster(
            Pod("whole", "node-1"), Pod("ports", "node-1"), Pod("closed", "node-1"), Pod("free", "node-1"), Pod("near", "node-1"), Pod("far", "node-2"), Pod("limited", "node-2"),
            Ingress("whole", "near", "far"), Ingress("ports", "near", "far").On(ports), Ingress("closed"), Egress("limited", "free", "whole").On(ports));
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = families }, input, null, Cancellation);

        var pings = from source in new[] { "near", "far", "limited" }
                    from destination in new[] { "whole", "ports", "closed", "free" }
                    let isOpen = source != "limited" && destination is "whole" or "free"
                    select (source, destination, isOpen, Answered: Task.Run(() => Ping(lab, source, destination, isOpen ? Patience : Short)));
        foreach (var (source, destination, isOpen, answered) in pings.ToList())
            Assert.Equal((source, destination, isOpen), (source, destination, await answered));
    }

    [Theory]
    [InlineData(LabFamilies.V4)]
    [InlineData(LabFamilies.V6)]
    public async Task Fragments_PassWhereTheWholeMay(LabFamilies families)
    {
        Root.IsNeeded();
        var input = Cluster(
            Pod("server", "node-1"), Pod("friend", "node-2"), Pod("near", "node-1"), Pod("stranger", "node-2"), Pod("neighbour", "node-1"),
            Ingress("server", "friend", "near").On(Number(Box, protocol: Protocol.Udp)));
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = families }, input, null, Cancellation);
        using var box = Mailbox.Open(lab.Pods["shop/server"].Network, Box, lab.Pods["shop/server"].Pod.Addresses[0].Family);
        var letters = new[] { "stranger", "neighbour", "friend", "near" }
            .Select(name => Letters.Send(lab.Pods[$"shop/{name}"].Network, name.PadRight(9_000, '.'), 0, (lab.Pods["shop/server"].Pod.Addresses[0], Box))).ToList();

        Assert.True(await box.GetsAsync("friend", more: 20) && await box.GetsAsync("near", more: 20));

        Assert.Equal((0, 0), (box.From("stranger"), box.From("neighbour")));
        foreach (var letter in letters) letter.Dispose();
    }

    [Theory]
    [InlineData(LabFamilies.V4)]
    [InlineData(LabFamilies.V6)]
    public async Task IcmpErrors_OfWhatIsAllowed_ComeThrough(LabFamilies families)
    {
        Root.IsNeeded();
        var input = Cluster(Pod("server", "node-1"), Pod("client", "node-2"), Pod("near", "node-1"), Ingress("server", "client", "near").On(Number(Web, protocol: Protocol.Udp)), Egress("server"), Ingress("client"), Ingress("near"));
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = families }, input, null, Cancellation);

        foreach (var client in new[] { "client", "near" })
        {
            Assert.Equal(Observed.Refused, await TryAsync(lab, EndOf(lab, client), EndOf(lab, "server"), Protocol.Udp, Patience));
            Assert.False(Ping(lab, "server", client, Short));
        }
    }

    [Theory]
    [InlineData(LabFamilies.V4)]
    [InlineData(LabFamilies.V6)]
    public async Task IsolatedPod_ReachesItselfThroughItsService(LabFamilies families)
    {
        Root.IsNeeded();
        var service = new Service
        {
            Namespace = "shop", Name = "web", Selector = LabelSet.Of("app", "web"), Ports = [new ServicePort(null, 80, Protocol.Tcp, new PortReference(Web, null), null)],
        };
        var input = Cluster(Pod("web", "node-1", Port(Web)), Pod("other", "node-1"), service, Ingress("web"), Egress("web"));
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = families }, input, null, Cancellation);
        var address = lab.State.Services.Single(item => item.Name == "web").ClusterIPs[0];

        Assert.Equal("shop/web", await PlainSockets.AskAsync(lab.Pods["shop/web"].Network, address, 80));
        Assert.Equal("shop/web", await PlainSockets.AskAsync(lab.Pods["shop/web"].Network, lab.Pods["shop/web"].Pod.Addresses[0], Web));
        Assert.Equal(Observed.Dropped, await TryAsync(lab, EndOf(lab, "other"), EndOf(lab, "web"), Protocol.Tcp, Short));
    }

    [Theory]
    [InlineData(LabFamilies.V4)]
    [InlineData(LabFamilies.V6)]
    public async Task HostNetwork_IsItsNodeOnTheSameNode_AndAnAddressElsewhere(LabFamilies families)
    {
        Root.IsNeeded();
        ClusterObjects Input(params NetworkPolicy[] more) => Cluster(
        [
            Pod("host", "node-1", Port(Web)) with { Network = new PodNetworkSpec([Port(Web)], HostNetwork: true) },
            Pod("near", "node-1", Port(Web)), Pod("far", "node-2", Port(Web)),
            Ingress("near"), Egress("near"), Ingress("far", "host"), Egress("far", "host"), .. more,
        ]);
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = families }, Input(), null, Cancellation);
        var (host, near, far) = (EndOf(lab, "host"), EndOf(lab, "near"), EndOf(lab, "far"));

        Assert.Equal(Observed.Answered, await TryAsync(lab, host, near, Protocol.Tcp, Patience));
        Assert.Equal(Observed.Answered, await TryAsync(lab, near, host, Protocol.Tcp, Patience));
        Assert.Equal(Observed.Dropped, await TryAsync(lab, host, far, Protocol.Tcp, Short));
        Assert.Equal(Observed.Dropped, await TryAsync(lab, far, host, Protocol.Tcp, Short));

        var peer = new PolicyPeer(null, null, new IpBlock(new Prefix(host.Address, Address.Bits(host.Address.Family)), []), default);
        await lab.ApplyAsync(
            Input(
                Ingress("far") with { Name = "from-node", Ingress = [new PolicyRule([peer], [], default)] },
                Egress("far") with { Name = "to-node", Egress = [new PolicyRule([peer], [], default)] }),
            Cancellation);

        Assert.Equal(Observed.Answered, await TryAsync(lab, host, far, Protocol.Tcp, Patience));
        Assert.Equal(Observed.Answered, await TryAsync(lab, far, host, Protocol.Tcp, Patience));
    }

    // Ends when both are answered, or when time is up.
    private static bool Ping(LabCluster lab, string source, string destination, TimeSpan time) => lab.Pods[$"shop/{source}"].Network.Run(() =>
    {
        using var ping = Process.Start(new ProcessStartInfo("ping", ["-n", "-c", "2", "-i", "0.2", "-w", $"{Math.Ceiling(time.TotalSeconds)}", $"{lab.Pods[$"shop/{destination}"].Pod.Addresses[0]}"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        _ = ping.StandardOutput.ReadToEnd();
        ping.WaitForExit();
        return ping.ExitCode == 0;
    });

    private static ProbeEnd EndOf(LabCluster lab, string name) => new($"shop/{name}", lab.Pods[$"shop/{name}"].Pod.Addresses[0], IsPod: true);

    private static async Task<Observed> TryAsync(LabCluster lab, ProbeEnd from, ProbeEnd to, Protocol protocol, TimeSpan time) =>
        (await lab.Prober.TryAsync(new Probe(from, to, protocol, Web), time, Cancellation)).Observed;
}
