using Ringfence.Agent;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Nftables;
using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;
using static Ringfence.Lab.Tests.Policies;

namespace Ringfence.Lab.Tests;

/// <summary>Somebody else changes the rules of a node.</summary>
public sealed class DriftTests
{
    private const int Box = 5000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nft delete table inet ringfence")]
    [InlineData("nft flush ruleset")]
    [InlineData("nft flush chain inet ringfence forward")]
    [InlineData("nft flush map inet ringfence in4")]
    public async Task Rules_ChangedWhileNobodyOwnsThem_AreMendedByTheNextUpdate(string damage)
    {
        Root.IsNeeded();
        await using var lab = await LabCluster.StartAsync(new LabOptions(), Shop, null, Cancellation);
        var node = lab.Nodes[0];
        using var box = Mailbox.Open(lab.Pods["shop/server"].Network, Box);
        using var letters = Send(lab, "stranger");
        using var friend = Send(lab, "friend");
        Assert.True(await box.GetsAsync("friend", more: 10));
        Assert.Equal(0, box.From("stranger"));
        node.Agent!.Dispose();

        TwoSubnets.Run(node.Network, damage);
        Assert.True(await box.GetsAsync("stranger"), "the damage opens the pod");
        using var next = new NodeAgent(node.Network, new NodeAgentOptions());
        next.Update(lab.Reachability, ScopeOf(lab, node));

        await ExpectClosedAsync(box);
    }

    [Fact]
    public async Task Rules_ChangedBesideAnAgentThatDoesNotOwnThem_AreMendedByItsNextUpdate()
    {
        Root.IsNeeded();
        await using var lab = await LabCluster.StartAsync(new LabOptions(), Shop, null, Cancellation);
        var node = lab.Nodes[0];
        node.Agent!.Dispose();
        TwoSubnets.Run(node.Network, "nft delete table inet ringfence");
        using var agent = new NodeAgent(node.Network, new NodeAgentOptions { Table = new NodeTableOptions { Own = false } });
        agent.Update(lab.Reachability, ScopeOf(lab, node));
        using var box = Mailbox.Open(lab.Pods["shop/server"].Network, Box);
        using var letters = Send(lab, "stranger");
        using var friend = Send(lab, "friend");
        foreach (var damage in new[] { $"nft delete element inet ringfence in4 '{{ {lab.Pods["shop/server"].Pod.Addresses[0]} }}'", "nft delete table inet ringfence" })
        {
            TwoSubnets.Run(node.Network, damage);
            Assert.True(await box.GetsAsync("stranger"), "the damage opens the pod");

            // Told by the kernel, a moment later.
            Assert.True(SpinWait.SpinUntil(() => !agent.Update(lab.Reachability, ScopeOf(lab, node)).Table.IsEmpty, 60_000));

            await ExpectClosedAsync(box);
        }
    }

    private static ClusterObjects Shop { get; } = Cluster(Pod("server", "node-1"), Pod("friend", "node-2"), Pod("stranger", "node-2"), Ingress("server", "friend"));

    private static async Task ExpectClosedAsync(Mailbox box)
    {
        Assert.True(await box.IsReadUpAsync("friend"));
        var before = box.From("stranger");
        Assert.True(await box.GetsAsync("friend", more: 100));
        Assert.Equal(before, box.From("stranger"));
    }

    private static Letters Send(LabCluster lab, string pod) => Letters.Send(lab.Pods[$"shop/{pod}"].Network, pod, 0, (lab.Pods["shop/server"].Pod.Addresses[0], Box));

    private static NodeScope ScopeOf(LabCluster lab, LabNode node) => new(
        node.Node.Name,
        node.Node.PodCidrs,
        [.. lab.Pods.Values.Where(pod => pod.Pod.NodeName == node.Node.Name && pod.Interface is not null).Select(pod => new LocalPod(pod.Pod.Namespace, pod.Pod.Name, pod.Interface!))]);
}
