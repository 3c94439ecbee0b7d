using Ringfence.Model;
using Xunit;

namespace Ringfence.Engine.Tests;

public sealed class HostNetworkTests
{
    private static readonly Address NodeAddress = Address.Parse("192.168.1.1");

    private static readonly Pod Agent = new()
    {
        Namespace = "shop",
        Name = "agent",
        Network = new PodNetworkSpec([], HostNetwork: true),
        NodeName = "n1",
    };

    private static readonly Pod Web = new() { Namespace = "shop", Name = "web", Addresses = [Address.Parse("10.0.0.1")], Phase = PodPhase.Running };

    [Theory]
    [InlineData("192.168.1.0/24", Outcome.Allowed)]
    [InlineData("192.168.2.0/24", Outcome.Denied)]
    public void Judge_PodOnANodeThatTheInputKnows_HasItsAddress(string block, Outcome expected)
    {
        var reachability = Reachability.Compile(Snapshot.Create(Objects(block) with { Pods = [Agent, Web] }));
        Assert.Equal(expected, reachability.Judge(Party.OfPod(0), Party.OfPod(1), Protocol.Tcp, 80).Outcome);
    }

    [Fact]
    public void Apply_PodOnANodeThatTheInputKnows_HasItsAddress()
    {
        var reachability = Reachability.Compile(Snapshot.Create(Objects("192.168.1.0/24") with { Pods = [Web] }));
        reachability.Apply(new Change(Agent, Removed: false));
        var (agent, web) = (reachability.FindPod("shop", "agent"), reachability.FindPod("shop", "web"));
        Assert.Equal(Outcome.Allowed, reachability.Judge(Party.OfPod(agent), Party.OfPod(web), Protocol.Tcp, 80).Outcome);
    }

    [Fact]
    public void Judge_PodOnANodeThatTheInputLacks_IsUnknown()
    {
        var reachability = Reachability.Compile(Snapshot.Create(Objects("192.168.1.0/24") with { Pods = [Agent, Web], Nodes = [] }));
        Assert.Equal(Outcome.Unknown, reachability.Judge(Party.OfPod(0), Party.OfPod(1), Protocol.Tcp, 80).Outcome);
    }

    private static ClusterObjects Objects(string block) => new()
    {
        Nodes = [new Node { Name = "n1", Addresses = [NodeAddress] }],
        NetworkPolicies =
        [
            new NetworkPolicy
            {
                Namespace = "shop",
                Name = "web",
                AffectsIngress = true,
                Ingress = [new PolicyRule([new PolicyPeer(null, null, new IpBlock(Prefix.Parse(block), []), default)], [], default)],
            },
        ],
    };
}
