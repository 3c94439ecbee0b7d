using System.Net;
using System.Net.Sockets;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;

namespace Ringfence.Lab.Tests;

/// <summary>What a pod that has root in its own network can try against the rules: it chooses its addresses, and every byte of its packets.</summary>
public class EscapeTests
{
    private const int Port = 5353;
    private const int Ipv6Protocol = 41;
    private const int UnicastHops = 16;
    private const int Transparent = 19;
    private const int Ipv6Transparent = 75;

    private static readonly NetworkPolicy Door = new()
    {
        Namespace = "shop",
        Name = "door",
        PodSelector = Select("server"),
        AffectsIngress = true,
        Ingress = [new([new PolicyPeer(Select("friend"), null, null, default)], [], default)],
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("node-1")]
    [InlineData("node-2")]
    public async Task NeighbourDiscovery_FromAnIsolatedPod_CarriesNothingOut(string node)
    {
        Root.IsNeeded();
        var closed = new NetworkPolicy { Namespace = "shop", Name = "closed", PodSelector = Select("stranger"), AffectsEgress = true };
        await using var lab = await LabCluster.StartAsync(
            new LabOptions { Families = LabFamilies.V6 }, Cluster(Pod("stranger", node), Pod("friend", node), Pod("server", "node-1"), closed), null, Cancellation);
        using var server = Raw(lab, "server");
        using var stranger = Raw(lab, "stranger");
        using var friend = Raw(lab, "friend");

        // Every type that neighbours and routers speak, and then a ping that is allowed: were one of the others to come, it would come first.
        foreach (byte hopLimit in new byte[] { 255, 2 })
            foreach (byte type in new byte[] { 130, 131, 132, 133, 134, 135, 136, 137, 143 })
            {
                stranger.SetRawSocketOption(Ipv6Protocol, UnicastHops, [hopLimit, 0, 0, 0]);
                stranger.SendTo([type, 0, 0, 0, .. "a secret"u8], new IPEndPoint(AddressOf(lab, "server"), 0));
            }

        friend.SendTo([128, 0, 0, 0, .. "a ping!!"u8], new IPEndPoint(AddressOf(lab, "server"), 0));

        Assert.Equal(AddressOf(lab, "friend"), await NextAsync(server));
    }

    [Theory]
    [InlineData(LabFamilies.V4)]
    [InlineData(LabFamilies.V6)]
    public async Task AnothersAddress_InTheOthersOpenFlow_IsDropped(LabFamilies families)
    {
        Root.IsNeeded();
        await using var lab = await LabCluster.StartAsync(
            new LabOptions { Families = families }, Cluster(Pod("stranger", "node-1"), Pod("friend", "node-1"), Pod("server", "node-1"), Door), null, Cancellation);
        using var server = Datagrams(lab.Pods["shop/server"].Network, AddressOf(lab, "server"));
        using var friend = Datagrams(lab.Pods["shop/friend"].Network, AddressOf(lab, "friend"));
        var (to, from) = (new IPEndPoint(AddressOf(lab, "server"), Port), new IPEndPoint(AddressOf(lab, "friend"), Port));
        friend.SendTo("open"u8, to);
        Assert.Equal("open", await TextAsync(server));
        server.SendTo("opened"u8, from);
        Assert.Equal("opened", await TextAsync(friend));

        var stranger = lab.Pods["shop/stranger"].Network;
        Take(stranger, AddressOf(lab, "friend"));
        using var spoofing = Datagrams(stranger, AddressOf(lab, "friend"));
        spoofing.SendTo("let me in"u8, to);
        friend.SendTo("more"u8, to);

        Assert.Equal("more", await TextAsync(server));
    }

    [Theory]
    [InlineData(LabFamilies.V4, "friend")]
    [InlineData(LabFamilies.V6, "friend")]
    [InlineData(LabFamilies.V4, "server")]
    [InlineData(LabFamilies.V6, "server")]
    public async Task AddressOfAPod_FromOutside_IsDropped(LabFamilies families, string whose)
    {
        Root.IsNeeded();
        await using var lab = await LabCluster.StartAsync(
            new LabOptions { Families = families }, Cluster(Pod("friend", "node-1"), Pod("server", "node-1"), Door), null, Cancellation);
        using var server = Datagrams(lab.Pods["shop/server"].Network, AddressOf(lab, "server"));
        using var friend = Datagrams(lab.Pods["shop/friend"].Network, AddressOf(lab, "friend"));
        var to = new IPEndPoint(AddressOf(lab, "server"), Port);

        // A socket that may speak for addresses which are not its own.
        using var spoofing = lab.Outside.Run(() => new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        spoofing.SetRawSocketOption(families == LabFamilies.V4 ? 0 : Ipv6Protocol, families == LabFamilies.V4 ? Transparent : Ipv6Transparent, [1, 0, 0, 0]);
        spoofing.Bind(new IPEndPoint(AddressOf(lab, whose), Port + 1));
        spoofing.SendTo("let me in"u8, to);
        friend.SendTo("hello"u8, to);

        Assert.Equal("hello", await TextAsync(server));
    }

    [Fact]
    public async Task LaterFragments_OfADeniedPort_AreDropped()
    {
        Root.IsNeeded();
        await using var lab = await LabCluster.StartAsync(
            new LabOptions { Families = LabFamilies.Dual },
            Cluster(Pod("stranger", "node-1"), Pod("friend", "node-1"), Pod("server", "node-2"), Door),
            null, Cancellation);
        foreach (var family in new[] { IpFamily.V4, IpFamily.V6 })
        {
            using var server = Datagrams(lab.Pods["shop/server"].Network, AddressOf(lab, "server", family));
            using var friend = Datagrams(lab.Pods["shop/friend"].Network, AddressOf(lab, "friend", family));
            using var stranger = Datagrams(lab.Pods["shop/stranger"].Network, AddressOf(lab, "stranger", family));
            var to = new IPEndPoint(AddressOf(lab, "server", family), Port);
            stranger.SendTo(new byte[9000], to);
            friend.SendTo(new byte[9001], to);

            // Fragments are put together before they are judged, so that the allowed ones arrive and the others do not.
            Assert.Equal(9001, (await TextAsync(server)).Length);
        }
    }

    private static LabelSelector Select(string app) => new([new Requirement("app", SelectorOperator.In, [app])]);

    private static IPAddress AddressOf(LabCluster lab, string pod, IpFamily? family = null) =>
        lab.Pods[$"shop/{pod}"].Pod.Addresses.First(address => family is null || address.Family == family).ToIPAddress();

    private static Socket Raw(LabCluster lab, string pod)
    {
        var socket = lab.Pods[$"shop/{pod}"].Network.Run(() => new Socket(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6));
        socket.Bind(new IPEndPoint(AddressOf(lab, pod), 0));
        return socket;
    }

    private static Socket Datagrams(NetworkNamespace network, IPAddress address)
    {
        var socket = network.Run(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(address, Port));
        return socket;
    }

    private static void Take(NetworkNamespace network, IPAddress address) =>
        TwoSubnets.Run(network, $"ip address add {address} dev eth0 {(address.AddressFamily == AddressFamily.InterNetworkV6 ? "nodad" : "")}");

    private static async Task<IPAddress> NextAsync(Socket socket)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        var received = await socket.ReceiveFromAsync(new byte[256], SocketFlags.None, new IPEndPoint(IPAddress.IPv6Any, 0), patience.Token);
        return ((IPEndPoint)received.RemoteEndPoint).Address;
    }

    private static async Task<string> TextAsync(Socket socket)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        var buffer = new byte[10_000];
        return System.Text.Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, patience.Token));
    }
}
