using System.Collections.Immutable;
using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;

namespace Ringfence.Lab.Tests;

/// <summary>A lab that is told to run other objects.</summary>
public class ApplyTests
{
    private static readonly LabOptions Open = new() { Enforce = false };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Apply_NewPod_IsReached_AndOthersStay()
    {
        Root.IsNeeded();
        await using var lab = await LabCluster.StartAsync(Open, Cluster(Pod("a", null, Port(80))), null, Cancellation);
        var before = lab.Pods["shop/a"];

        await lab.ApplyAsync(Cluster(Pod("a", null, Port(80)), Pod("b", null, Port(80))), Cancellation);

        Assert.Same(before.Network, lab.Pods["shop/a"].Network);
        Assert.Equal(before.Pod.Addresses.AsEnumerable(), lab.Pods["shop/a"].Pod.Addresses);
        Assert.Equal("shop/b", await PlainSockets.AskAsync(lab.Pods["shop/a"].Network, lab.Pods["shop/b"].Pod.Addresses[0], 80));
        Assert.Equal("shop/a", await PlainSockets.AskAsync(lab.Pods["shop/b"].Network, lab.Pods["shop/a"].Pod.Addresses[0], 80));
    }

    [Fact]
    public async Task Apply_PodGone_ItsAddressAnswersNoMore_AndIsNotGivenToTheNext()
    {
        Root.IsNeeded();
        await using var lab = await LabCluster.StartAsync(Open, Cluster(Pod("a"), Pod("b", null, Port(80))), null, Cancellation);
        var address = lab.Pods["shop/b"].Pod.Addresses[0];

        await lab.ApplyAsync(Cluster(Pod("a"), Pod("c", null, Port(80))), Cancellation);

        Assert.DoesNotContain("shop/b", lab.Pods.Keys);
        Assert.NotEqual(address, lab.Pods["shop/c"].Pod.Addresses[0]);
        Assert.Equal("HostUnreachable", await PlainSockets.AskAsync(lab.Pods["shop/a"].Network, address, 80));
    }

    [Fact]
    public async Task Apply_OtherLabels_PodStays_AndServicesFollow()
    {
        Root.IsNeeded();
        var service = new Service
        {
            Namespace = "shop", Name = "web", Selector = LabelSet.Of("app", "a"), Ports = [new ServicePort(null, 80, Protocol.Tcp, new PortReference(80, null), null)],
        };
        await using var lab = await LabCluster.StartAsync(Open, Cluster(Pod("a", null, Port(80)), Pod("b", null, Port(80)), service), null, Cancellation);
        var (pod, address) = (lab.Pods["shop/a"], lab.State.Services.Single(item => item.Name == "web").ClusterIPs[0]);
        Assert.Equal("shop/a", await PlainSockets.AskAsync(lab.Nodes[0].Network, address, 80));

        var swapped = Cluster(
            Pod("a", null, Port(80)) with { Labels = LabelSet.Of("app", "b") }, Pod("b", null, Port(80)) with { Labels = LabelSet.Of("app", "a") }, service);
        await lab.ApplyAsync(swapped, Cancellation);

        Assert.Same(pod.Network, lab.Pods["shop/a"].Network);
        Assert.Equal("b", lab.Pods["shop/a"].Pod.Labels["app"]);
        Assert.Equal(address, lab.State.Services.Single(item => item.Name == "web").ClusterIPs[0]);
        Assert.Equal("shop/b", await PlainSockets.AskAsync(lab.Nodes[0].Network, address, 80));
    }

    [Fact]
    public async Task Apply_OtherPorts_AreListenedOn()
    {
        Root.IsNeeded();
        await using var lab = await LabCluster.StartAsync(Open, Cluster(Pod("a", null, Port(80))), null, Cancellation);
        var address = lab.Pods["shop/a"].Pod.Addresses[0];

        await lab.ApplyAsync(Cluster(Pod("a", null, Port(81))), Cancellation);

        Assert.Equal("ConnectionRefused", await PlainSockets.AskAsync(lab.Outside, address, 80));
        Assert.Equal("shop/a", await PlainSockets.AskAsync(lab.Outside, address, 81));
    }

    [Fact]
    public async Task Apply_PodOnAnotherNode_MovesThere()
    {
        Root.IsNeeded();
        await using var lab = await LabCluster.StartAsync(Open, Cluster(Pod("a", "node-1", Port(80)), Pod("b", "node-2")), null, Cancellation);

        await lab.ApplyAsync(Cluster(Pod("a", "node-2", Port(80)), Pod("b", "node-2")), Cancellation);

        var moved = lab.Pods["shop/a"].Pod;
        Assert.Equal("node-2", moved.NodeName);
        Assert.Contains(lab.Nodes[1].Node.PodCidrs, range => range.Contains(moved.Addresses[0]));
        foreach (var source in new[] { lab.Outside, lab.Pods["shop/b"].Network, lab.Nodes[0].Network })
            Assert.Equal("shop/a", await PlainSockets.AskAsync(source, moved.Addresses[0], 80));
    }

    [Fact]
    public async Task Apply_AddressOfTheInput_MovesWithItsPod()
    {
        Root.IsNeeded();
        var address = Address.Parse("10.7.7.7");
        Pod At(string node) => Pod("a", node, Port(80)) with { Addresses = [address] };
        await using var lab = await LabCluster.StartAsync(Open, Cluster(At("node-1"), Pod("b", "node-2")), null, Cancellation);
        Assert.Equal("shop/a", await PlainSockets.AskAsync(lab.Pods["shop/b"].Network, address, 80));

        await lab.ApplyAsync(Cluster(At("node-2"), Pod("b", "node-2")), Cancellation);

        foreach (var source in new[] { lab.Outside, lab.Pods["shop/b"].Network, lab.Nodes[0].Network })
            Assert.Equal("shop/a", await PlainSockets.AskAsync(source, address, 80));
    }

    [Fact]
    public async Task Apply_OutsideAddressBecomesAPods_AndTheOutsidesAgain()
    {
        Root.IsNeeded();
        var address = Address.Parse("10.7.0.10");
        var block = new NetworkPolicy
        {
            Namespace = "shop",
            Name = "block",
            PodSelector = Policies.Select("nobody"),
            AffectsEgress = true,
            Egress = [new PolicyRule([new PolicyPeer(null, null, new IpBlock(Prefix.Parse("10.7.0.0/16"), []), default)], [], default)],
        };
        await using var lab = await LabCluster.StartAsync(Open, Cluster(Pod("nobody", "node-1"), block), null, Cancellation);
        Assert.Equal($"outside {address}", await PlainSockets.AskAsync(lab.Nodes[0].Network, address, 80));

        await lab.ApplyAsync(Cluster(Pod("nobody", "node-1"), Pod("a", "node-1", Port(80)) with { Addresses = [address] }, block), Cancellation);
        foreach (var source in new[] { lab.Outside, lab.Nodes[0].Network, lab.Nodes[1].Network })
            Assert.Equal("shop/a", await PlainSockets.AskAsync(source, address, 80));

        await lab.ApplyAsync(Cluster(Pod("nobody", "node-1"), block), Cancellation);
        Assert.Equal($"outside {address}", await PlainSockets.AskAsync(lab.Nodes[0].Network, address, 80));
    }

    [Fact]
    public async Task Apply_FailsHalfWay_SaysThatTheLabHasToGo_NowAndLater()
    {
        Root.IsNeeded();
        await using var lab = await LabCluster.StartAsync(Open, Cluster(Pod("a")), null, Cancellation);
        lab.PodComing = (_, _) => throw new InvalidOperationException("it broke");

        var first = await Assert.ThrowsAsync<LabException>(() => lab.ApplyAsync(Cluster(Pod("a"), Pod("b")), Cancellation));
        lab.PodComing = null;
        var second = await Assert.ThrowsAsync<LabException>(() => lab.ApplyAsync(Cluster(Pod("a")), Cancellation));

        Assert.Equal("a change failed half way, and the lab is neither as before nor as asked for: it broke", first.Message);
        Assert.Equal(first.Message, second.Message);
        Assert.Equal(["Take it down, and up again:   ringfence lab down"], second.Hints);
        Assert.Contains("a change failed half way, and the lab has to be taken down: it broke", lab.Notes);
    }

    [Fact]
    public async Task Apply_RefusedBeforeAnythingIsChanged_LeavesTheLabAsItWas()
    {
        Root.IsNeeded();
        await using var lab = await LabCluster.StartAsync(Open, Cluster(Pod("a", null, Port(80))), null, Cancellation);
        var tooMany = new Service
        {
            Namespace = "shop",
            Name = "web",
            Type = "NodePort",
            Ports = [.. Enumerable.Range(1, 3000).Select(port => new ServicePort($"p{port}", port, Protocol.Tcp, new PortReference(port, null), null))],
        };

        await Assert.ThrowsAsync<LabException>(() => lab.ApplyAsync(Cluster(Pod("b"), tooMany), Cancellation));

        Assert.Equal("shop/a", await PlainSockets.AskAsync(lab.Outside, lab.Pods["shop/a"].Pod.Addresses[0], 80));
        await lab.ApplyAsync(Cluster(Pod("b", null, Port(80))), Cancellation);
        Assert.Equal("shop/b", await PlainSockets.AskAsync(lab.Outside, lab.Pods["shop/b"].Pod.Addresses[0], 80));
    }
}
