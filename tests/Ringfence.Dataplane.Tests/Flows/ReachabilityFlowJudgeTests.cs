using System.Collections.Immutable;
using Ringfence.Dataplane.Flows;
using Ringfence.Dataplane.Tests.Plumbing;
using Ringfence.Engine;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Dataplane.Tests.Flows;

public class ReachabilityFlowJudgeTests
{
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte Icmp = 1;

    private static readonly ImmutableHashSet<Address> Own = [Address.Parse("10.1.1.1")];

    [Theory]
    [InlineData("10.1.1.2", "10.1.2.2", Tcp, 5432, true)]
    [InlineData("10.1.1.2", "10.1.2.2", Tcp, 5433, false)]
    [InlineData("10.1.1.2", "10.1.2.2", Udp, 5432, false)]
    [InlineData("10.1.1.2", "10.1.2.2", Icmp, 0, false)]
    [InlineData("10.1.3.2", "10.1.2.2", Tcp, 5432, false)]
    [InlineData("10.1.2.2", "10.1.3.2", Tcp, 1, true)]
    [InlineData("10.1.2.2", "10.1.3.2", Icmp, 0, true)]
    [InlineData("fd00:1:1::2", "fd00:1:2::2", Tcp, 5432, true)]
    [InlineData("fd00:1:3::2", "fd00:1:2::2", Tcp, 5432, false)]
    [InlineData("192.0.2.1", "10.1.2.2", Tcp, 5432, false)]
    [InlineData("10.1.2.2", "192.0.2.1", Udp, 53, true)]
    public void Judge_LocalPods_AsThePoliciesSay(string source, string destination, byte protocol, int port, bool allowed) =>
        Assert.Equal(allowed, Judge(Shop.Compile(Shop.DbOnly), Shop.Web, Shop.Db, Shop.Other).IsAllowed(Flow(source, destination, protocol, port)));

    [Theory]
    [InlineData("10.1.1.2", "10.1.2.9", "the destination is gone")]
    [InlineData("10.1.2.9", "192.0.2.1", "the source is gone")]
    [InlineData("fd00:1:2::9", "10.1.1.2", "the source is gone")]
    public void Judge_AddressOfNoPodAnyMore_IsDenied(string source, string destination, string because) =>
        Assert.False(Judge(Shop.Compile(), Shop.Web, Shop.Db).IsAllowed(Flow(source, destination, Tcp, 80)), because);

    [Fact]
    public void Judge_PodIsRemoved_FlowsOfItAreDenied()
    {
        var cluster = Shop.Compile(Shop.DbOnly);
        var scope = new[] { Shop.Web, Shop.Db, Shop.Other };
        Assert.True(Judge(cluster, scope).IsAllowed(Flow("10.1.1.2", "10.1.3.2", Tcp, 80)));

        cluster.Apply(new Change(Shop.Web, Removed: true));

        Assert.False(Judge(cluster, scope).IsAllowed(Flow("10.1.1.2", "10.1.3.2", Tcp, 80)));
        Assert.False(Judge(cluster, scope).IsAllowed(Flow("10.1.3.2", "10.1.2.2", Tcp, 5432)));
        Assert.True(Judge(cluster, scope).IsAllowed(Flow("10.1.2.2", "10.1.3.2", Tcp, 80)));
    }

    [Fact]
    public void Judge_PodLeftTheNodeButNotYetTheCluster_IsDenied()
    {
        var scope = Shop.Node(Shop.Web, Shop.Db);
        var judge = new ReachabilityFlowJudge(Shop.Compile(), scope with { Pods = scope.Pods.RemoveAt(0) }, Own);

        Assert.False(judge.IsAllowed(Flow("10.1.1.2", "10.1.2.2", Tcp, 80)));
        Assert.True(judge.IsAllowed(Flow("10.1.3.2", "10.1.2.2", Tcp, 80)));
    }

    [Fact]
    public void Judge_FlowOfOtherNodes_IsNoneOfItsBusiness()
    {
        var judge = Judge(Shop.Compile(Shop.DbOnly), Shop.Web);

        Assert.True(judge.IsAllowed(Flow("10.1.3.2", "10.1.2.2", Tcp, 5432)));
        Assert.True(judge.IsAllowed(Flow("192.0.2.1", "192.0.2.2", Tcp, 5432)));
    }

    [Fact]
    public void Judge_FlowOfTheNodeItself_IsNeverCut()
    {
        var judge = Judge(Shop.Compile(Shop.DbOnly), Shop.Web, Shop.Db);

        Assert.True(judge.IsAllowed(Flow("10.1.1.1", "10.1.2.2", Tcp, 80)));
        Assert.True(judge.IsAllowed(Flow("10.1.1.2", "10.1.1.1", Tcp, 80)));
    }

    [Fact]
    public void Judge_BetweenNodes_EachJudgesItsOwnSide()
    {
        var flow = Flow("10.1.1.2", "10.1.2.2", Tcp, 5432);
        var egressClosed = Shop.Compile(Shop.DbOnly, Shop.Closed);
        Assert.False(Judge(egressClosed, Shop.Web).IsAllowed(flow));
        Assert.True(Judge(egressClosed, Shop.Db).IsAllowed(flow));
        Assert.False(Judge(egressClosed, Shop.Web, Shop.Db).IsAllowed(flow));

        var ingressClosed = Flow("10.1.1.2", "10.1.2.2", Tcp, 80);
        Assert.True(Judge(Shop.Compile(Shop.DbOnly), Shop.Web).IsAllowed(ingressClosed));
        Assert.False(Judge(Shop.Compile(Shop.DbOnly), Shop.Db).IsAllowed(ingressClosed));
    }

    [Fact]
    public void Judge_TranslatedFlow_ByItsRealDestination()
    {
        var judge = Judge(Shop.Compile(Shop.DbOnly), Shop.Web, Shop.Db);
        var service = Flow("10.1.1.2", "10.1.2.2", Tcp, 5432) with { Destination = Address.Parse("10.96.0.1"), DestinationPort = 80 };

        Assert.True(judge.IsAllowed(service));
        Assert.False(judge.IsAllowed(service with { ReplySourcePort = 80, DestinationPort = 5432 }));
    }

    [Fact]
    public void Revoke_PolicyCloses_CutsItsFlowsAndRestoresThemWithIt()
    {
        Privileges.Require();
        using var network = new RoutedNetwork(3);
        network.Router.LoadRules("table inet t { chain f { type filter hook forward priority filter; ct state established accept; }; }");
        var (a, b) = network.Connect(1, 2, 5432);
        var (c, d) = network.Connect(2, 3, 80);
        var (e, f) = network.Connect(3, 2, 5432);
        using var closeA = a;
        using var closeB = b;
        using var closeC = c;
        using var closeD = d;
        using var closeE = e;
        using var closeF = f;
        var scope = Shop.Node(Shop.Web, Shop.Db, Shop.Other);
        var own = OwnAddresses.Read(network.Router);
        using var tracker = new ConnectionTracker(network.Router);
        var revoker = new FlowRevoker(tracker, 0x8000_0000);
        var cluster = Shop.Compile();
        Assert.Empty(revoker.Revoke(new ReachabilityFlowJudge(cluster, scope, own).IsAllowed).Cut);

        cluster.Apply(new Change(Shop.DbOnly, Removed: false));
        Assert.Equal(Shop.Other.Addresses[0], Assert.Single(revoker.Revoke(new ReachabilityFlowJudge(cluster, scope, own).IsAllowed).Cut).Source);
        cluster.Apply(new Change(Shop.Closed, Removed: false));
        Assert.Equal(Shop.Web.Addresses[0], Assert.Single(revoker.Revoke(new ReachabilityFlowJudge(cluster, scope, own).IsAllowed).Cut).Source);
        cluster.Apply(new Change(Shop.DbOnly, Removed: true));
        Assert.Equal(Shop.Other.Addresses[0], Assert.Single(revoker.Revoke(new ReachabilityFlowJudge(cluster, scope, own).IsAllowed).Restored).Source);
    }

    private static ReachabilityFlowJudge Judge(Reachability cluster, params ReadOnlySpan<Pod> pods) => new(cluster, Shop.Node(pods), Own);

    private static TrackedFlow Flow(string source, string destination, byte protocol, int port) => new()
    {
        ProtocolNumber = protocol,
        Source = Address.Parse(source),
        Destination = Address.Parse(destination),
        SourcePort = 40000,
        DestinationPort = (ushort)port,
        ReplySource = Address.Parse(destination),
        ReplyDestination = Address.Parse(source),
        ReplySourcePort = (ushort)port,
        ReplyDestinationPort = 40000,
    };
}
