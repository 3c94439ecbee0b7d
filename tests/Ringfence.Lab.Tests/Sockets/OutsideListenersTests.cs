using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringfence.Evidence.Probes;
using Ringfence.Lab.Sockets;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Sockets;

public sealed class OutsideListenersTests : IDisposable
{
    private const string Addresses = "198.51.100.10 203.0.113.10 2001:db8::10";

    private readonly TwoSubnets _network = new();

    public OutsideListenersTests()
    {
        foreach (var address in Addresses.Split(' ')) TwoSubnets.Run(_network.Server, $"ip address add {address} dev lo nodad");
        TwoSubnets.Run(_network.Router, "ip route add 198.51.100.0/24 via 10.9.1.2; ip route add 203.0.113.0/24 via 10.9.1.2; ip route add 2001:db8::/32 via fd09:1::2");
    }

    public static TheoryData<Protocol, int, string> Flows
    {
        get
        {
            var rows = new TheoryData<Protocol, int, string>();
            foreach (var protocol in new[] { Protocol.Tcp, Protocol.Udp, Protocol.Sctp })
                foreach (var port in new[] { 1, 9, 53, 443, 65535 })
                    foreach (var address in Addresses.Split(' ')) rows.Add(protocol, port, address);
            return rows;
        }
    }

    public void Dispose() => _network.Dispose();

    [Fact]
    public async Task Open_EveryPortOfEveryAddress_AnswersWithTheAddress()
    {
        Open();
        foreach (var row in Flows)
        {
            var (protocol, port, address) = row.Data;

            var attempt = await _network.ProbeAsync(protocol, port, address);

            Assert.Equal((row.Data, Observed.Answered, $"outside {address}"), (row.Data, attempt.Observed, attempt.Detail));
        }
    }

    [Fact]
    public async Task Open_OtherAddressesOfTheNamespace_DoNotAnswer()
    {
        Open();

        Assert.Equal(Observed.Refused, (await _network.ProbeAsync(Protocol.Tcp, 80)).Observed);
    }

    [Fact]
    public async Task Open_Again_ServesTheNewAddresses()
    {
        Open().Dispose();
        TwoSubnets.Run(_network.Server, "ip address add 198.51.100.99 dev lo");

        _network.Keep(OutsideListeners.Open(_network.Server, [Address.Parse("198.51.100.99")]));

        Assert.Equal("outside 198.51.100.99", (await _network.ProbeAsync(Protocol.Udp, 80, "198.51.100.99")).Detail);
    }

    // All ports are led to one: flows that differ in the destination's port alone look the same behind it.
    [Fact]
    public void Open_SameSourcePortToTwoPorts_BothAnswer()
    {
        Open();
        var sockets = _network.Client.Run(() => new[] { 80, 443 }.Select(ConnectFromOnePort).ToArray());

        foreach (var socket in sockets)
        {
            _network.Keep(socket).ReceiveTimeout = 60_000;
            socket.Send("?\n"u8);
            var answer = new byte[100];
            Assert.Equal("outside 198.51.100.10\n", Encoding.UTF8.GetString(answer, 0, socket.Receive(answer)));
        }
    }

    private static Socket ConnectFromOnePort(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        socket.Bind(new IPEndPoint(TwoSubnets.ClientAddress.ToIPAddress(), 4000));
        socket.Connect(IPAddress.Parse("198.51.100.10"), port);
        return socket;
    }

    private OutsideListeners Open() => _network.Keep(OutsideListeners.Open(_network.Server, Addresses.Split(' ').Select(text => Address.Parse(text))));
}
