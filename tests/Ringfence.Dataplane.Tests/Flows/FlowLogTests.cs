using System.Net;
using System.Net.Sockets;
using Ringfence.Dataplane.Flows;
using Ringfence.Dataplane.Tests.Plumbing;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Dataplane.Tests.Flows;

public sealed class FlowLogTests : IDisposable
{
    private const string Rules =
        """
        table inet ringfence {
          chain forward {
            type filter hook forward priority filter; policy accept;
            ct state established,related accept
            meta l4proto { tcp, udp, sctp } th dport 81 log prefix "ringfence I 3f2a 7" group 10 snaplen 128 drop
            icmp type echo-request log prefix "ringfence E 4b 0" group 10 snaplen 128 drop
            icmpv6 type echo-request log prefix "ringfence E 4b 0" group 10 snaplen 128 drop
            udp dport 82 log prefix "another program" group 10 drop
            udp dport 83 log prefix "ringfence A - 0" group 11 snaplen 128
          }
        }
        """;

    private readonly RoutedNetwork _network;

    public FlowLogTests()
    {
        Privileges.Require();
        _network = new RoutedNetwork(2);
        _network.Router.LoadRules(Rules);
    }

    public void Dispose() => _network?.Dispose();

    [Theory, InlineData(IpFamily.V4), InlineData(IpFamily.V6)]
    public async Task Read_DeniedTcpAndUdp_TellsEndsPortsRulesetAndInterfaces(IpFamily family)
    {
        using var log = FlowLog.Open(_network.Router);
        using var udp = _network.Open(1, SocketType.Dgram, 5000, family);
        udp.SendTo([1], RoutedNetwork.EndPoint(2, 81, family));
        using var tcp = _network.Open(1, SocketType.Stream, 5001, family);
        tcp.Blocking = false;
        Assert.Throws<SocketException>(() => tcp.Connect(RoutedNetwork.EndPoint(2, 81, family)));

        var packets = await Take(log, 2);

        Assert.Equal([(Protocol.Udp, 5000, 81), (Protocol.Tcp, 5001, 81)], packets.Select(packet => (packet.Header.Protocol!.Value, (int)packet.Header.SourcePort, (int)packet.Header.DestinationPort)));
        Assert.All(packets, packet =>
        {
            Assert.Equal((RoutedNetwork.AddressOf(1, family), RoutedNetwork.AddressOf(2, family)), (packet.Header.Source, packet.Header.Destination));
            Assert.Equal(new LogPrefix(LoggedVerdict.IngressDenied, "3f2a", 7), packet.Prefix);
            Assert.Equal((IndexOf("veth1"), IndexOf("veth2")), (packet.InInterface, packet.OutInterface));
            Assert.InRange(packet.Time, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        });
    }

    [Theory, InlineData(IpFamily.V4, "ICMP", 8), InlineData(IpFamily.V6, "ICMPv6", 128)]
    public async Task Read_DeniedPing_TellsItsType(IpFamily family, string protocol, int type)
    {
        using var log = FlowLog.Open(_network.Router);
        _network.Host(1).TryExecute("ping", "", "-c", "1", "-W", "1", "-w", "1", RoutedNetwork.AddressOf(2, family).ToString());

        var packet = Assert.Single(await Take(log, 1));

        Assert.Equal(LoggedVerdict.EgressDenied, packet.Prefix.Verdict);
        Assert.Equal((protocol, (byte?)type), (IpProtocols.Name(packet.Header.ProtocolNumber), packet.Header.IcmpType));
    }

    [Fact]
    public async Task Read_DeniedSctp_TellsPorts()
    {
        using var log = FlowLog.Open(_network.Router);
        using var raw = _network.Host(1).Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw));

        // An INIT behind a header that the kernel completes; the checksum of SCTP is not looked at on the way.
        byte[] init = [0x45, 0, 0, 52, 0, 0, 0, 0, 64, 132, 0, 0, 10, 1, 1, 2, 10, 1, 2, 2, 0x13, 0x88, 0, 81, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 20, 0, 0, 0, 1, 0, 0, 16, 0, 0, 1, 0, 1, 0, 0, 0, 1];
        raw.SendTo(init, RoutedNetwork.EndPoint(2, 0));

        var packet = Assert.Single(await Take(log, 1));

        Assert.Equal((Protocol.Sctp, 5000, 81), (packet.Header.Protocol!.Value, packet.Header.SourcePort, packet.Header.DestinationPort));
    }

    [Fact]
    public async Task Read_SeveralGroups_LeavesOutAnothersPrefix()
    {
        using var log = FlowLog.Open(_network.Router, new FlowLogOptions { Groups = [10, 11] });
        using var udp = _network.Open(1, SocketType.Dgram);
        foreach (var port in (int[])[82, 83, 81]) udp.SendTo([1], RoutedNetwork.EndPoint(2, port));

        var packets = await Take(log, 2);

        Assert.Equal(
            [(LoggedVerdict.IngressDenied, 81), (LoggedVerdict.Allowed, 83)],
            packets.Select(packet => (packet.Prefix.Verdict, (int)packet.Header.DestinationPort)).OrderBy(item => item.Item2));
        Assert.Equal((0L, 0L), (log.Lost, log.Dropped));
    }

    [Fact]
    public async Task Read_NoOneReads_DropsAreCounted()
    {
        using var log = FlowLog.Open(_network.Router, new FlowLogOptions { Capacity = 10 });
        using var udp = _network.Open(1, SocketType.Dgram);
        for (var i = 0; i < 100; i++) udp.SendTo([1], RoutedNetwork.EndPoint(2, 81));

        Assert.True(SpinWait.SpinUntil(() => log.Dropped == 90, 60_000), $"{log.Dropped} dropped");
        Assert.Equal(10, (await Take(log, 10)).Count);
        Assert.Equal(0, log.Lost);
    }

    [Fact]
    public async Task Read_KernelBufferIsTooSmall_LossesAreCounted()
    {
        const int Sent = 20_000;
        using var log = FlowLog.Open(_network.Router, new FlowLogOptions { KernelBuffer = 4096, Capacity = Sent });
        using var udp = _network.Open(1, SocketType.Dgram);
        for (var i = 0; i < Sent; i++) udp.SendTo([1], RoutedNetwork.EndPoint(2, 81));

        // A last packet, once the rest is through, shows the gap before it.
        var seen = 0L;
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var last = Task.Run(
            async () =>
            {
                while (log.Lost + Interlocked.Read(ref seen) < Sent && !timeout.IsCancellationRequested)
                {
                    await Task.Delay(50, timeout.Token);
                    udp.SendTo([1], RoutedNetwork.EndPoint(2, 81));
                }
            },
            timeout.Token);
        await foreach (var _ in log.ReadAsync(timeout.Token))
            if (log.Lost + Interlocked.Increment(ref seen) >= Sent) break;
        await last;

        Assert.True(log.Lost > 0, "nothing was lost: the buffer is not too small");
        Assert.Equal(0, log.Dropped);
    }

    [Fact]
    public void Open_GroupIsTaken_SaysSo()
    {
        using var first = FlowLog.Open(_network.Router);

        var problem = Assert.Throws<MachineException>(() => FlowLog.Open(_network.Router));

        Assert.Contains("another program reads nflog group 10", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_EndsTheReadingAndFreesTheGroup()
    {
        var log = FlowLog.Open(_network.Router);
        var reading = Task.Run(async () =>
        {
            var count = 0;
            await foreach (var _ in log.ReadAsync()) count++;
            return count;
        });

        log.Dispose();

        Assert.Equal(0, await reading.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        using var next = FlowLog.Open(_network.Router);
    }

    private int IndexOf(string name) => int.Parse(_network.Router.Execute("ip", "", "-o", "link", "show", name).Split(':')[0]);

    private static async Task<List<LoggedPacket>> Take(FlowLog log, int count)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var packets = new List<LoggedPacket>();
        await foreach (var packet in log.ReadAsync(timeout.Token))
        {
            packets.Add(packet);
            if (packets.Count == count) break;
        }

        return packets;
    }
}
