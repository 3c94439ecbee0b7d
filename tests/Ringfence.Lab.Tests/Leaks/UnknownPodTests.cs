using Ringfence.Dataplane.Compilation;
using Ringfence.Evidence.Probes;
using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;

namespace Ringfence.Lab.Tests.Leaks;

/// <summary>A pod that is there before the agent knows of it.</summary>
public sealed class UnknownPodTests
{
    private const int Web = 80;
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LabFamilies.V4)]
    [InlineData(LabFamilies.V6)]
    public async Task UnknownPod_TalksToItsNodeAlone_UntilItIsKnown(LabFamilies families)
    {
        Root.IsNeeded();
        var input = Cluster(Pod("unknown", "node-1", Port(Web)), Pod("near", "node-1", Port(Web)), Pod("far", "node-2", Port(Web)));
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = families }, input, null, Cancellation);
        var (near, far, unknown) = (End(lab, "near"), End(lab, "far"), End(lab, "unknown"));
        var node = new ProbeEnd("node-1", lab.Nodes[0].Node.Addresses[0], IsPod: false);
        var otherNode = new ProbeEnd("node-2", lab.Nodes[1].Node.Addresses[0], IsPod: false);
        var outside = new ProbeEnd("outside", lab.OutsideAddresses[0], IsPod: false);
        (ProbeEnd, ProbeEnd)[] others = [(unknown, near), (unknown, far), (unknown, outside), (unknown, otherNode), (near, unknown), (far, unknown), (outside, unknown), (otherNode, unknown)];

        Update(lab, known: name => name != "shop/unknown");

        foreach (var (from, to) in others) Assert.Equal(Observed.Dropped, await TryAsync(lab, from, to, Short));
        foreach (var (from, to) in new[] { (unknown, node), (node, unknown) }) Assert.True(Passed(await TryAsync(lab, from, to, Patience)));
        foreach (var (from, to) in new[] { (near, far), (far, near), (near, outside) }) Assert.True(Passed(await TryAsync(lab, from, to, Patience)));

        Update(lab, known: _ => true);

        foreach (var (from, to) in others) Assert.True(Passed(await TryAsync(lab, from, to, Patience)), $"{from.Name} to {to.Name}");
    }

    [Fact]
    public async Task Pod_KnownNoMore_LosesItsFlowsToo()
    {
        Root.IsNeeded();
        await using var lab = await LabCluster.StartAsync(new LabOptions(), Cluster(Pod("gone", "node-1"), Pod("near", "node-1"), Pod("far", "node-2")), null, Cancellation);
        using var box = Mailbox.Open(lab.Pods["shop/far"].Network, 5000);
        var to = (lab.Pods["shop/far"].Pod.Addresses[0], 5000);
        using var gone = Letters.Send(lab.Pods["shop/gone"].Network, "gone", 0, to);
        using var near = Letters.Send(lab.Pods["shop/near"].Network, "near", 0, to);
        Assert.True(await box.GetsAsync("gone") && await box.GetsAsync("near"));

        Update(lab, known: name => name != "shop/gone");

        Assert.True(await box.IsReadUpAsync("near"));
        var before = box.From("gone");
        Assert.True(await box.GetsAsync("near", more: 100));
        Assert.Equal(before, box.From("gone"));
    }

    private static void Update(LabCluster lab, Func<string, bool> known)
    {
        var node = lab.Nodes[0];
        var pods = lab.Pods.Where(pod => pod.Value.Pod.NodeName == node.Node.Name && pod.Value.Interface is not null && known(pod.Key));
        node.Agent!.Update(lab.Reachability, new NodeScope(
            node.Node.Name, node.Node.PodCidrs, [.. pods.Select(pod => new LocalPod(pod.Value.Pod.Namespace, pod.Value.Pod.Name, pod.Value.Interface!))]));
    }

    private static bool Passed(Observed seen) => seen is Observed.Answered or Observed.Refused;

    private static async Task<Observed> TryAsync(LabCluster lab, ProbeEnd from, ProbeEnd to, TimeSpan time) =>
        (await lab.Prober.TryAsync(new Probe(from, to, Protocol.Tcp, Web), time, Cancellation)).Observed;

    private static ProbeEnd End(LabCluster lab, string pod) => new($"shop/{pod}", lab.Pods[$"shop/{pod}"].Pod.Addresses[0], IsPod: true);
}
