using System.Net;
using System.Net.Sockets;
using Ringfence.Dataplane.Flows;
using Ringfence.Dataplane.Tests.Plumbing;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Dataplane.Tests.Flows;

public sealed class FlowRevokerTests : IDisposable
{
    private const uint Bit = 0x8000_0000;

    private const string Rules =
        """
        table inet ringfence {
          chain forward {
            type filter hook forward priority filter; policy accept;
            ct mark & 0x80000000 != 0 goto revoked
            ct state established,related accept
          }
          chain revoked {
            meta l4proto tcp reject with tcp reset
            drop
          }
        }
        table ip service {
          chain prerouting {
            type nat hook prerouting priority dstnat;
            ip daddr 10.96.0.1 tcp dport 80 dnat to 10.1.2.2:8080
          }
        }
        """;

    private readonly RoutedNetwork _network;
    private readonly ConnectionTracker _tracker;
    private readonly FlowRevoker _revoker;

    public FlowRevokerTests()
    {
        Privileges.Require();
        _network = new RoutedNetwork(3);
        _network.Router.LoadRules(Rules);
        _tracker = new ConnectionTracker(_network.Router);
        _revoker = new FlowRevoker(_tracker, Bit);
    }

    public void Dispose()
    {
        _tracker?.Dispose();
        _network?.Dispose();
    }

    [Theory, InlineData(IpFamily.V4, true), InlineData(IpFamily.V4, false), InlineData(IpFamily.V6, true), InlineData(IpFamily.V6, false)]
    public void Revoke_EstablishedTcp_ResetsBothEndsAtTheirNextPacket(IpFamily family, bool clientFirst)
    {
        var (client, server) = _network.Connect(1, 2, 8080, family);
        using var a = client;
        using var b = server;
        Exchange(client, server);

        var result = _revoker.Revoke((in TrackedFlow flow) => flow.ReplySourcePort != 8080);

        var cut = Assert.Single(result.Cut);
        Assert.Equal((RoutedNetwork.AddressOf(1, family), RoutedNetwork.AddressOf(2, family)), (cut.Source, cut.ReplySource));
        AssertReset(clientFirst ? client : server);
        AssertReset(clientFirst ? server : client);
    }

    [Fact]
    public void Revoke_Again_CutsNothingNew()
    {
        var (client, server) = _network.Connect(1, 2, 8080);
        using var a = client;
        using var b = server;
        Assert.Single(_revoker.Revoke(Deny8080).Cut);

        Assert.Empty(_revoker.Revoke(Deny8080).Cut);
    }

    [Fact]
    public void Revoke_Udp_StopsUntilAllowedAgain()
    {
        using var client = _network.Open(1, SocketType.Dgram);
        using var server = _network.Open(2, SocketType.Dgram, 8080);
        Exchange(client, server);

        Assert.Single(_revoker.Revoke(Deny8080).Cut);
        client.SendTo([1], server.LocalEndPoint!);
        server.SendTo([2], client.LocalEndPoint!);
        Assert.False(server.Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectRead));
        Assert.False(client.Poll(TimeSpan.Zero, SelectMode.SelectRead));

        var restored = _revoker.Revoke((in TrackedFlow _) => true);
        Assert.Single(restored.Restored);
        Assert.Empty(restored.Cut);
        Exchange(client, server);
    }

    [Fact]
    public void Revoke_ThenAllowedBeforeItSpoke_TcpGoesOn()
    {
        var (client, server) = _network.Connect(1, 2, 8080);
        using var a = client;
        using var b = server;
        Assert.Single(_revoker.Revoke(Deny8080).Cut);

        Assert.Single(_revoker.Revoke((in TrackedFlow _) => true).Restored);

        Exchange(client, server);
    }

    [Fact]
    public async Task Revoke_OtherFlows_SeeNoGap()
    {
        var (client, server) = _network.Connect(1, 2, 9090);
        using var a = client;
        using var b = server;
        using var stop = new CancellationTokenSource();
        var echoes = 0;
        var echo = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    Exchange(client, server);
                    Interlocked.Increment(ref echoes);
                }
            },
            TestContext.Current.CancellationToken);
        for (var round = 0; round < 30; round++)
        {
            // A port of its own: a flow that was cut a moment ago is still known, and would be answered with its reset.
            var (denied, far) = _network.Connect(3, 2, 8080, clientPort: 20_000 + round);
            using var c = denied;
            using var d = far;
            var seen = Volatile.Read(ref echoes);
            Assert.Single(_revoker.Revoke(Deny8080).Cut);
            AssertReset(denied);
            Assert.True(SpinWait.SpinUntil(() => echo.IsCompleted || Volatile.Read(ref echoes) > seen + 2, 60_000));
            denied.Close(0);
        }

        await stop.CancelAsync();
        await echo;
        Assert.Equal(0u, Assert.Single(_tracker.List((in TrackedFlow flow) => flow.ReplySourcePort == 9090)).Mark);
    }

    [Fact]
    public void Revoke_TranslatedFlow_IsJudgedByItsRealDestination()
    {
        var (client, server) = _network.Connect(1, 2, 8080, by: new IPEndPoint(IPAddress.Parse("10.96.0.1"), 80));
        using var a = client;
        using var b = server;
        Exchange(client, server);

        var cut = Assert.Single(_revoker.Revoke((in TrackedFlow flow) => flow.ReplySource != RoutedNetwork.AddressOf(2) || flow.ReplySourcePort != 8080).Cut);

        Assert.Equal((Address.Parse("10.96.0.1"), (ushort)80), (cut.Destination, cut.DestinationPort));
        Assert.True(cut.Status.HasFlag(FlowStatus.DestinationTranslated));
        AssertReset(client);
        AssertReset(server);
    }

    [Fact]
    public void Revoke_TouchingAddresses_LeavesOthers()
    {
        var (near, nearServer) = _network.Connect(1, 2, 8080);
        var (far, farServer) = _network.Connect(3, 2, 8080);
        using var a = near;
        using var b = nearServer;
        using var c = far;
        using var d = farServer;

        var result = _revoker.Revoke(Deny8080, new HashSet<Address> { RoutedNetwork.AddressOf(1) });

        Assert.Equal(RoutedNetwork.AddressOf(1), Assert.Single(result.Cut).Source);
        Assert.Equal(1, result.Considered);
        Exchange(far, farServer);
        AssertReset(near);
    }

    [Fact]
    public void Revoke_TwentyThousandFlows_CutsExactlyTheDeniedHalf()
    {
        using var socket = _network.Open(1, SocketType.Dgram);
        using var second = _network.Open(3, SocketType.Dgram);
        for (var port = 1; port <= 10_000; port++)
        {
            socket.SendTo([1], RoutedNetwork.EndPoint(2, port));
            second.SendTo([1], RoutedNetwork.EndPoint(2, port));
        }

        Assert.True(SpinWait.SpinUntil(() => _tracker.List((in TrackedFlow flow) => flow.Protocol == Protocol.Udp).Length == 20_000, 60_000));

        var result = _revoker.Revoke((in TrackedFlow flow) => flow.Source != RoutedNetwork.AddressOf(3));

        Assert.Equal(10_000, result.Cut.Length);
        Assert.True(result.Considered >= 20_000);
        Assert.All(_tracker.List((in TrackedFlow flow) => flow.Protocol == Protocol.Udp), flow => Assert.Equal(flow.Source == RoutedNetwork.AddressOf(3) ? Bit : 0, flow.Mark));
    }

    [Fact]
    public void Revoker_WithoutABit_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new FlowRevoker(_tracker, 0));

    private static bool Deny8080(in TrackedFlow flow) => flow.ReplySourcePort != 8080;

    private static void Exchange(Socket client, Socket server)
    {
        var data = new byte[4];
        var tries = 0;
        if (client.SocketType == SocketType.Stream)
        {
            client.Send([1, 2, 3, 4]);
            Assert.Equal(4, server.Receive(data));
            server.Send(data);
        }
        else
        {
            // A link that has just come up may lose what is sent before the kernel has put its queue in place.
            do client.SendTo([1, 2, 3, 4], server.LocalEndPoint!);
            while (!server.Poll(TimeSpan.FromMilliseconds(500), SelectMode.SelectRead) && tries++ < 100);
            EndPoint from = server.LocalEndPoint!;
            Assert.Equal(4, server.ReceiveFrom(data, ref from));
            server.SendTo(data, from);
        }

        Assert.Equal(4, client.Receive(data));
    }

    /// <summary>Sends, and waits for the reset that answers.</summary>
    private static void AssertReset(Socket socket)
    {
        var problem = Assert.Throws<SocketException>(() =>
        {
            socket.Send([9]);
            socket.Receive(new byte[16]);
        });
        Assert.Equal(SocketError.ConnectionReset, problem.SocketErrorCode);
    }
}
