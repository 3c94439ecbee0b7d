using Ringfence.Agent.Following;
using Ringfence.Dataplane.Links;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Tests.Plumbing;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Agent.Tests.Following;

/// <summary>Whoever may make pods may write anything into their annotations.</summary>
public class LocalPodsTests
{
    private static readonly Node Self = new() { Name = "n1", PodCidrs = [Prefix.Parse("10.0.0.0/24")], Addresses = [Address.Parse("172.16.0.1")] };

    private readonly LocalPods _pods = new("n1", []);

    [Theory]
    [InlineData("lo", "names lo, which is the node's loopback")]
    [InlineData("eth0", "names eth0, which is the way to 0.0.0.0/0 by 192.0.2.1")]
    [InlineData("veth-victim", "names veth-victim, which is the interface of pod shop/victim")]
    [InlineData("a-name-that-is-too-long", "is no name of an interface")]
    [InlineData(null, "it has no annotation ringfence.dev/interface")]
    public void Update_PodClaimsAnInterfaceThatIsNoneOfIts_StaysClosedAndTheOthersStay(string? name, string reason)
    {
        Update(PodOf("victim", "10.0.0.2", "veth-victim"));
        Update(PodOf("victim", "10.0.0.2", "veth-victim"), PodOf("attacker", "10.0.0.3", name));

        Assert.Equal(["victim"], _pods.Scope.Pods.Select(pod => pod.Name));
        Assert.Contains(reason, Assert.Single(_pods.Closed, item => item.Key == "shop/attacker").Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.2", "its address 10.0.0.2 is that of pod shop/victim")]
    [InlineData("172.16.0.1", "its address 172.16.0.1 is that of node n1")]
    [InlineData("10.7.0.1", "its address 10.7.0.1 is that of pod far/away")]
    public void Update_PodClaimsAnAddressOfOthers_StaysClosedAndIsNotGuarded(string address, string reason)
    {
        Update(PodOf("victim", "10.0.0.2", "veth-victim"));
        Update(PodOf("attacker", address, "veth-attacker"), PodOf("victim", "10.0.0.2", "veth-victim"));

        Assert.Equal(["victim"], _pods.Scope.Pods.Select(pod => pod.Name));
        Assert.Equal(reason, _pods.Closed["shop/attacker"]);
        Assert.Equal(Self.PodCidrs.AsEnumerable(), _pods.Scope.PodRanges);
    }

    [Fact]
    public void Update_FirstOwnerGoes_TheNextHasIt()
    {
        Update(PodOf("b", "10.0.0.2", "veth-b"));
        Update(PodOf("a", "10.0.0.2", "veth-b"), PodOf("b", "10.0.0.2", "veth-b"));
        Assert.Equal(["b"], _pods.Scope.Pods.Select(pod => pod.Name));
        Assert.True(Update(PodOf("a", "10.0.0.2", "veth-b")));
        Assert.Equal(["a"], _pods.Scope.Pods.Select(pod => pod.Name));
        Assert.Empty(_pods.Closed);
        Assert.False(Update(PodOf("a", "10.0.0.2", "veth-b")));
    }

    [Fact]
    public void Update_OwnerChangesItsAnnotationToAnothers_TheOtherKeepsIt()
    {
        Update(PodOf("a", "10.0.0.2", "veth-a"), PodOf("b", "10.0.0.3", "veth-b"));
        Update(PodOf("a", "10.0.0.2", "veth-b"), PodOf("b", "10.0.0.3", "veth-b"));
        Assert.Equal(["b"], _pods.Scope.Pods.Select(pod => pod.Name));
    }

    [Fact]
    public void Update_AfterARestart_WhatTheKernelHasSaysWhoWasFirst()
    {
        var next = new LocalPods("n1", [("veth-b", Address.Parse("10.0.0.3"))]);
        next.Update([PodOf("a", "10.0.0.2", "veth-b"), PodOf("b", "10.0.0.3", "veth-b")], Self, LinksOfNode, Elsewhere);
        Assert.Equal(["b"], next.Scope.Pods.Select(pod => pod.Name));
    }

    [Theory]
    [InlineData("veth-9", true)]
    [InlineData("veth-victim", false)]
    public void Update_AddressIsReachedBySomeInterface_ThatAloneIsThePods(string name, bool isLocal)
    {
        Update(PodOf("a", "10.0.0.9", name));
        Assert.Equal(isLocal, _pods.Scope.Pods.Length == 1);
        Assert.Equal(isLocal, _pods.Closed.IsEmpty);
    }

    [Fact]
    public void Update_AddressOfOthersIsReachedByThePodsOwnInterface_IsThePods()
    {
        _pods.Update([PodOf("a", "10.7.0.1", "veth-9")], Self, new NodeLinks([], [], new Dictionary<Address, string> { [Address.Parse("10.7.0.1")] = "veth-9" }), Elsewhere);
        Assert.Single(_pods.Scope.Pods);
    }

    [Fact]
    public void Update_PodsOnABridge_ShareIt()
    {
        Update(PodOf("a", "10.0.0.2", "bridge0"), PodOf("b", "10.0.0.3", "bridge0"));
        Assert.Equal(2, _pods.Scope.Pods.Length);
    }

    [Fact]
    public void Update_AddressOutsideTheNodesRanges_IsGuardedToo()
    {
        Update(PodOf("a", "10.8.0.1", "veth-a"), PodOf("closed", "10.8.0.2", null));
        Assert.Equal([.. Self.PodCidrs, Prefix.Parse("10.8.0.1/32"), Prefix.Parse("10.8.0.2/32")], _pods.Scope.PodRanges.AsEnumerable());
    }

    [Fact]
    public void NodeLinks_Read_TellsWhatIsNoPods()
    {
        Privileges.Require();
        using var network = new RoutedNetwork(2);
        network.Router.Configure("route add default via 10.1.2.2\nroute add 10.1.9.9 dev veth1\nlink add bridge7 type bridge");

        var links = NodeLinks.Read(network.Router, new HashSet<Address> { Address.Parse("fd00:1:1::1") });

        Assert.Equal("the node's loopback", links.NotOfPods("lo"));
        Assert.Equal("the node's own, with the address fd00:1:1::1", links.NotOfPods("veth1"));
        Assert.Equal("the way to 0.0.0.0/0 by 10.1.2.2", links.NotOfPods("veth2"));
        Assert.Equal("veth1", links.WayTo(Address.Parse("10.1.9.9")));
        Assert.Null(links.WayTo(Address.Parse("10.1.9.8")));
        Assert.Null(links.NotOfPods("not-there"));
        Assert.Null(links.NotOfPods("bridge7"));
        Assert.True(links.IsShared("bridge7"));
        Assert.False(links.IsShared("veth1"));
    }

    private static NodeLinks LinksOfNode => new(
        new Dictionary<string, string> { ["lo"] = "the node's loopback", ["eth0"] = "the way to 0.0.0.0/0 by 192.0.2.1" },
        ["bridge0"],
        new Dictionary<Address, string> { [Address.Parse("10.0.0.9")] = "veth-9" });

    private static string? Elsewhere(Address address) => address.ToString() switch
    {
        "172.16.0.1" => "node n1",
        "10.7.0.1" => "pod far/away",
        _ => null,
    };

    private bool Update(params Pod[] pods) => _pods.Update(pods, Self, LinksOfNode, Elsewhere);

    private static Pod PodOf(string name, string address, string? @interface) => new()
    {
        Namespace = "shop",
        Name = name,
        NodeName = "n1",
        Addresses = [Address.Parse(address)],
        Annotations = @interface is null ? LabelSet.Empty : LabelSet.Of(ManifestAgent.InterfaceAnnotation, @interface),
    };
}
