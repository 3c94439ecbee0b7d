using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Ringfence.Dataplane.Flows;
using Ringfence.Dataplane.Tests.Plumbing;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Dataplane.Tests.Flows;

public sealed class ConnectionTrackerTests : IDisposable
{
    // Any rule about connections makes a namespace track them.
    private const string Track = "table inet t { chain f { type filter hook forward priority filter; ct state established accept; }; }";

    private readonly RoutedNetwork _network;
    private readonly ConnectionTracker _tracker;

    public ConnectionTrackerTests()
    {
        Privileges.Require();
        _network = new RoutedNetwork(2);
        _network.Router.LoadRules(Track);
        _tracker = new ConnectionTracker(_network.Router);
    }

    public void Dispose()
    {
        _tracker?.Dispose();
        _network?.Dispose();
    }

    [Theory, InlineData(IpFamily.V4), InlineData(IpFamily.V6)]
    public void List_Tcp_TellsBothDirectionsAndState(IpFamily family)
    {
        var (client, server) = _network.Connect(1, 2, 8080, family);
        using var a = client;
        using var b = server;

        var flow = Assert.Single(_tracker.List((in TrackedFlow flow) => flow.Protocol == Protocol.Tcp));

        var port = (ushort)((IPEndPoint)client.LocalEndPoint!).Port;
        Assert.Equal(
            (RoutedNetwork.AddressOf(1, family), port, RoutedNetwork.AddressOf(2, family), (ushort)8080),
            (flow.Source, flow.SourcePort, flow.Destination, flow.DestinationPort));
        Assert.Equal(
            (RoutedNetwork.AddressOf(2, family), (ushort)8080, RoutedNetwork.AddressOf(1, family), port),
            (flow.ReplySource, flow.ReplySourcePort, flow.ReplyDestination, flow.ReplyDestinationPort));
        Assert.Equal(TcpState.Established, flow.TcpState);
        Assert.True(flow.Status.HasFlag(FlowStatus.SeenReply | FlowStatus.Confirmed));
        Assert.False(flow.IsEnded);
        Assert.Equal(0u, flow.Mark);
    }

    [Theory, InlineData(IpFamily.V4), InlineData(IpFamily.V6)]
    public void SetMark_Ping_IsFoundByTypeAndIdentifier(IpFamily family)
    {
        _network.Host(1).Execute("ping", "", "-c", "1", "-W", "60", RoutedNetwork.AddressOf(2, family).ToString());
        var flows = _tracker.List((in TrackedFlow flow) => flow.IsIcmp && flow.Source == RoutedNetwork.AddressOf(1, family));
        var flow = Assert.Single(flows);
        Assert.Null(flow.Protocol);
        Assert.Equal(family == IpFamily.V4 ? 8 : 128, flow.DestinationPort >> 8);

        Assert.Equal(1, _tracker.SetMark(flows.AsSpan(), 0x10, 0x10));

        Assert.Equal(0x10u, Assert.Single(_tracker.List((in TrackedFlow found) => found.IsIcmp && found.Source == flow.Source)).Mark);
    }

    [Fact]
    public void CallsOneAfterAnother_HaveOneSocket()
    {
        _tracker.Count();
        var socket = Assert.Single(NetfilterSockets());

        _tracker.List();
        _tracker.List(new HashSet<Address> { Address.Parse("10.0.0.2") });
        _tracker.Count();

        Assert.Equal([socket], NetfilterSockets());
    }

    [Fact]
    public void SetMark_WithMask_LeavesOtherBits()
    {
        using var socket = _network.Open(1, SocketType.Dgram);
        socket.SendTo([1], RoutedNetwork.EndPoint(2, 53));
        var flows = Udp(1);

        _tracker.SetMark(flows.AsSpan(), uint.MaxValue, 0x0000_1234);
        _tracker.SetMark(flows.AsSpan(), 0x8000_0004, 0x8000_0000);

        Assert.Equal(0x8000_1230u, Assert.Single(_tracker.List((in TrackedFlow flow) => flow.Protocol == Protocol.Udp)).Mark);
    }

    [Fact]
    public void SetMark_FlowIsGone_IsNotCounted()
    {
        using var socket = _network.Open(1, SocketType.Dgram);
        socket.SendTo([1], RoutedNetwork.EndPoint(2, 53));
        socket.SendTo([1], RoutedNetwork.EndPoint(2, 54));
        var flows = Udp(2);
        _network.Router.Execute("conntrack", "", "-D", "-p", "udp", "--dport", "53");

        Assert.Equal(1, _tracker.SetMark(flows.AsSpan(), 1, 1));
    }

    [Fact]
    public void Count_IsThatOfTheNamespace()
    {
        var before = _tracker.Count();
        using var socket = _network.Open(1, SocketType.Dgram);
        for (var port = 1000; port < 1100; port++) socket.SendTo([1], RoutedNetwork.EndPoint(2, port));

        Udp(100);

        Assert.Equal(before + 100, _tracker.Count());
    }

    [Theory, InlineData(1), InlineData(5)]
    public void List_TouchingAddresses_TellsThoseFlowsOnce(int others)
    {
        using var one = _network.Open(1, SocketType.Dgram);
        using var two = _network.Open(2, SocketType.Dgram);
        using var six = _network.Open(1, SocketType.Dgram, family: IpFamily.V6);
        one.SendTo([1], RoutedNetwork.EndPoint(2, 1001));
        two.SendTo([1], RoutedNetwork.EndPoint(1, 1002));
        six.SendTo([1], RoutedNetwork.EndPoint(2, 1003, IpFamily.V6));
        Udp(3);
        var unknown = Enumerable.Range(1, others).Select(i => Address.Parse($"10.9.9.{i}"));

        int[] Ports(params Address[] touching) =>
            [.. _tracker.List(touching.Concat(unknown).ToHashSet(), (in TrackedFlow flow) => flow.Protocol == Protocol.Udp).Select(flow => (int)flow.DestinationPort).Order()];

        Assert.Equal([1001, 1002], Ports(RoutedNetwork.AddressOf(1)));
        Assert.Equal([1001, 1002], Ports(RoutedNetwork.AddressOf(1), RoutedNetwork.AddressOf(2)));
        Assert.Equal([1003], Ports(RoutedNetwork.AddressOf(2, IpFamily.V6)));
        Assert.Empty(Ports());
    }

    /// <summary>The UDP flows, once so many have come.</summary>
    private ImmutableArray<TrackedFlow> Udp(int count)
    {
        ImmutableArray<TrackedFlow> flows = [];
        Assert.True(SpinWait.SpinUntil(() => (flows = _tracker.List((in TrackedFlow flow) => flow.Protocol == Protocol.Udp)).Length == count, 60_000));
        return flows;
    }

    [Fact]
    public void OwnAddresses_AreThoseOfTheRouter()
    {
        var own = OwnAddresses.Read(_network.Router);

        Assert.Contains(Address.Parse("10.1.1.1"), own);
        Assert.Contains(Address.Parse("fd00:1:2::1"), own);
        Assert.Contains(Address.Parse("127.0.0.1"), own);
        Assert.DoesNotContain(RoutedNetwork.AddressOf(1), own);
    }

    // Those of programs: of each its inode, which no other socket gets meanwhile.
    private List<string> NetfilterSockets() => _network.Router.Run(() => File.ReadLines("/proc/thread-self/net/netlink").Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(fields => fields[1] == "12" && fields[2] != "0").Select(fields => fields[^1]).Order(StringComparer.Ordinal).ToList());
}
