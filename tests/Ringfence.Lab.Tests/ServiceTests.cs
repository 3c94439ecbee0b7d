using System.Collections.Concurrent;
using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;

namespace Ringfence.Lab.Tests;

/// <summary>Services as kube-proxy does them, with real connections.</summary>
public class ServiceTests
{
    private const int Port = 8000;
    private const int NodePort = 30080;

    private static readonly LabOptions Open = new() { Enforce = false };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LabFamilies.V4)]
    [InlineData(LabFamilies.V6)]
    [InlineData(LabFamilies.Dual)]
    public async Task ClusterIP_SpreadsOverItsEndpoints(LabFamilies families)
    {
        Root.IsNeeded();
        var input = Cluster(Deployment("web", 3, Port(Port)), Pod("client"), Service("web", Port));
        await using var lab = await LabCluster.StartAsync(Open with { Families = families }, input, null, Cancellation);
        var endpoints = lab.Pods.Keys.Where(name => name.StartsWith("shop/web-", StringComparison.Ordinal)).ToHashSet();

        foreach (var address in AddressesOf(lab, "web"))
        {
            var answered = new HashSet<string>();

            // One of three is not met in 60 tries once in 10¹⁰ runs.
            for (var tries = 0; tries < 60 && answered.Count < endpoints.Count; tries++)
                answered.Add(await PlainSockets.AskAsync(lab.Pods["shop/client"].Network, address, 80));
            Assert.Equal(endpoints, answered);
        }
    }

    [Fact]
    public async Task ClientAffinity_StaysWithOneEndpoint()
    {
        Root.IsNeeded();
        var input = Cluster(Deployment("web", 3, Port(Port)), Pod("client"), Service("web", Port) with { HasClientAffinity = true });
        await using var lab = await LabCluster.StartAsync(Open, input, null, Cancellation);

        var answered = new HashSet<string>();
        for (var tries = 0; tries < 20; tries++) answered.Add(await PlainSockets.AskAsync(lab.Pods["shop/client"].Network, AddressesOf(lab, "web")[0], 80));

        Assert.StartsWith("shop/web-", Assert.Single(answered), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NamedTargetPort_IsEachPodsOwn()
    {
        Root.IsNeeded();
        var service = Service("web", 0) with { Ports = [new ServicePort(null, 80, Protocol.Tcp, new PortReference(0, "http"), null)] };
        var labels = LabelSet.Of("app", "web");
        var input = Cluster(
            Pod("one", null, Port(8001, "http")) with { Labels = labels }, Pod("two", null, Port(8002, "http")) with { Labels = labels }, Pod("client"), service);
        await using var lab = await LabCluster.StartAsync(Open, input, null, Cancellation);

        var answered = new HashSet<string>();
        for (var tries = 0; tries < 60 && answered.Count < 2; tries++)
            answered.Add(await PlainSockets.AskAsync(lab.Pods["shop/client"].Network, AddressesOf(lab, "web")[0], 80));

        Assert.Equal(["shop/one", "shop/two"], answered.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(LabFamilies.V4)]
    [InlineData(LabFamilies.V6)]
    public async Task ClusterIP_LeadsAPodToItself(LabFamilies families)
    {
        Root.IsNeeded();
        var input = Cluster(Pod("web", null, Port(Port)), Service("web", Port));
        await using var lab = await LabCluster.StartAsync(Open with { Families = families }, input, null, Cancellation);

        Assert.Equal("shop/web", await PlainSockets.AskAsync(lab.Pods["shop/web"].Network, AddressesOf(lab, "web")[0], 80));
    }

    [Theory]
    [InlineData(LabFamilies.V4, "NodePort")]
    [InlineData(LabFamilies.V6, "NodePort")]
    [InlineData(LabFamilies.V4, "LoadBalancer")]
    public async Task NodePort_AnswersOnEveryNodeFromEverywhere(LabFamilies families, string type)
    {
        Root.IsNeeded();
        var service = Service("web", Port) with { Type = type, Ports = [new ServicePort(null, 80, Protocol.Tcp, new PortReference(Port, null), NodePort)] };
        var input = Cluster(Pod("web", "node-1", Port(Port)), Pod("client", "node-2"), service);
        await using var lab = await LabCluster.StartAsync(Open with { Families = families }, input, null, Cancellation);

        foreach (var node in lab.Nodes)
            foreach (var source in new[] { lab.Outside, lab.Pods["shop/client"].Network, lab.Nodes[0].Network, lab.Nodes[1].Network })
                Assert.Equal("shop/web", await PlainSockets.AskAsync(source, node.Node.Addresses[0], NodePort));
    }

    [Fact]
    public async Task NodePort_NotGiven_IsChosen()
    {
        Root.IsNeeded();
        var input = Cluster(Pod("web", null, Port(Port)), Service("web", Port) with { Type = "NodePort" });
        await using var lab = await LabCluster.StartAsync(Open, input, null, Cancellation);

        var port = lab.State.Services.Single(service => service.Name == "web").Ports[0].NodePort!.Value;

        Assert.InRange(port, 30000, 32767);
        Assert.Equal("shop/web", await PlainSockets.AskAsync(lab.Outside, lab.Nodes[1].Node.Addresses[0], port));
    }

    [Fact]
    public async Task ClusterIP_WithoutEndpoints_IsRefused()
    {
        Root.IsNeeded();
        var input = Cluster(Pod("client"), Service("web", Port));
        await using var lab = await LabCluster.StartAsync(Open, input, null, Cancellation);

        foreach (var source in new[] { lab.Pods["shop/client"].Network, lab.Nodes[0].Network })
            Assert.Equal("ConnectionRefused", await PlainSockets.AskAsync(source, AddressesOf(lab, "web")[0], 80));
    }

    [Fact]
    public async Task Headless_HasNoAddress()
    {
        Root.IsNeeded();
        var input = Cluster(Pod("web", null, Port(Port)), Service("web", Port) with { IsHeadless = true });
        await using var lab = await LabCluster.StartAsync(Open, input, null, Cancellation);

        Assert.Empty(AddressesOf(lab, "web"));
    }

    [Fact]
    public async Task NodeItself_ReachesClusterIPs()
    {
        Root.IsNeeded();
        var input = Cluster(Pod("web", "node-1", Port(Port)), Service("web", Port));
        await using var lab = await LabCluster.StartAsync(Open, input, null, Cancellation);

        foreach (var node in lab.Nodes) Assert.Equal("shop/web", await PlainSockets.AskAsync(node.Network, AddressesOf(lab, "web")[0], 80));
    }

    private static Service Service(string name, int target) => new()
    {
        Namespace = "shop",
        Name = name,
        Selector = LabelSet.Of("app", name),
        Ports = [new ServicePort(null, 80, Protocol.Tcp, new PortReference(target, null), null)],
    };

    [Theory]
    [InlineData("nft delete table ip ringfence-services")]
    [InlineData("nft flush table ip ringfence-services")]
    [InlineData("nft flush map ip ringfence-services cluster")]
    [InlineData("nft flush ruleset")]
    public async Task Rules_ThatOthersRemove_ComeBack(string damage)
    {
        Root.IsNeeded();
        var (client, web) = (Pod("client", "node-1"), Pod("web", "node-2", Port(Port)) with { Labels = LabelSet.Of("app", "web") });
        await using var lab = await LabCluster.StartAsync(Open, Cluster(client, web, Service("web", Port)), null, Cancellation);
        var told = new ConcurrentQueue<string>();
        lab.Report = told.Enqueue;
        var node = lab.Nodes.Single(item => item.Node.Name == "node-1").Network;

        for (var times = 1; times <= 2; times++)
        {
            TwoSubnets.Run(node, damage);
            await Polling.UntilAsync(() => told.Count >= times, "the damage is noticed");

            Assert.Equal("shop/web", await PlainSockets.AskAsync(lab.Pods["shop/client"].Network, AddressesOf(lab, "web")[0], 80));

            // What the lab changes itself, putting back and this, is not taken for somebody else's.
            await lab.ApplyAsync(Cluster(client, web, Service("web", Port), Service($"more-{times}", Port)), Cancellation);
            Assert.Equal(times, told.Count);
        }

        Assert.All(told, text => Assert.Matches("^node-1: the rules of Services were changed by nft .*, and are put back$", text));
    }

    private static Address[] AddressesOf(LabCluster lab, string service) => [.. lab.State.Services.Single(item => item.Name == service).ClusterIPs];
}
