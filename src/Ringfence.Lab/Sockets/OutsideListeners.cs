using System.Net;
using Ringfence.Dataplane;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Model;

namespace Ringfence.Lab.Sockets;

/// <summary>The world outside the cluster: every TCP, UDP and SCTP port of each of its addresses answers <c>outside ADDRESS</c>.</summary>
/// <remarks>Rules inside the namespace lead all ports of an address to one, where a listener is.</remarks>
public sealed class OutsideListeners : IDisposable
{
    // The port of the discard service. Its number matters to nobody: the rules lead to it, and the client sees the port that it asked for.
    private const int Port = 9;

    private readonly List<IAnswers> _open = [];

    private OutsideListeners()
    {
    }

    /// <summary>Opens the addresses and serves them until disposed. May be opened again, with other addresses, once disposed.</summary>
    /// <param name="network">The namespace that stands for the outside.</param>
    /// <param name="addresses">Its addresses; they may come later.</param>
    /// <exception cref="MachineException"><c>nft</c> is missing, or the kernel lacks address translation.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Something else in the namespace listens on the discard port.</exception>
    public static OutsideListeners Open(NetworkNamespace network, IEnumerable<Address> addresses)
    {
        var own = addresses.Distinct().Order().ToArray();
        var greetings = own.ToDictionary(address => address.ToIPAddress(), address => new Greeting($"outside {address}"));
        var unnamed = new Greeting("outside");
        var listeners = new OutsideListeners();
        try
        {
            network.Run(() =>
            {
                listeners._open.Add(TcpAnswers.Listen(Port, local => greetings.GetValueOrDefault(Plain(local.Address), unnamed)));
                foreach (var (address, greeting) in greetings)
                {
                    listeners._open.Add(UdpAnswers.Listen(new IPEndPoint(address, Port), greeting));
                    listeners._open.Add(SctpAnswers.Listen(address, greeting, static _ => true));
                }

                NftScript.LoadHere(Rules(own));
            });
        }
        catch
        {
            listeners.Dispose();
            throw;
        }

        foreach (var open in listeners._open) open.Start();
        return listeners;
    }

    /// <summary>Stops answering. The rules stay until the namespace ends or is opened again.</summary>
    public void Dispose()
    {
        foreach (var open in _open) open.Dispose();
    }

    // The table comes before its removal so that the removal cannot fail.
    private static string Rules(Address[] addresses) =>
        $$"""
        table inet outside
        delete table inet outside
        table inet outside {
            set v4 {
                type ipv4_addr
                {{Elements(addresses.Where(address => address.Family == IpFamily.V4))}}
            }

            set v6 {
                type ipv6_addr
                {{Elements(addresses.Where(address => address.Family == IpFamily.V6))}}
            }

            chain every_port {
                type nat hook prerouting priority dstnat
                ip daddr @v4 meta l4proto { tcp, udp } dnat to :{{Port}}
                ip6 daddr @v6 meta l4proto { tcp, udp } dnat to :{{Port}}
            }
        }
        """;

    private static string Elements(IEnumerable<Address> addresses) =>
        string.Join(", ", addresses) is { Length: > 0 } list ? $"elements = {{ {list} }}" : "";

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
