using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Model;

namespace Ringfence.Lab.Tests;

/// <summary>A UDP port that counts which senders' datagrams come in, and answers each.</summary>
internal sealed class Mailbox : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, int> _letters = new(StringComparer.Ordinal);
    private readonly Socket _socket;

    private Mailbox(Socket socket) => _socket = socket;

    /// <summary>Opens a port of all addresses of a network, also of those that come later.</summary>
    public static Mailbox Open(NetworkNamespace network, int port, IpFamily family = IpFamily.V4)
    {
        var box = new Mailbox(Letters.Socket(network, port, family));
        new Thread(box.Read) { IsBackground = true }.Start();
        return box;
    }

    /// <summary>How many came from a sender.</summary>
    public int From(string sender) => _letters.GetValueOrDefault(sender);

    /// <summary>Whether more come from a sender, before patience ends.</summary>
    public async Task<bool> GetsAsync(string sender, int more = 1)
    {
        var (before, started) = (From(sender), TimeProvider.System.GetTimestamp());
        while (From(sender) < before + more)
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience) return false;
            await Task.Delay(5);
        }

        return true;
    }

    /// <summary>Whether all that had come in by now is counted, before patience ends.</summary>
    /// <param name="sender">One whose datagrams go on coming.</param>
    public async Task<bool> IsReadUpAsync(string sender)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (_socket.Available > 0)
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience) return false;
            await Task.Delay(1);
        }

        // What was taken out last is counted before the next.
        return await GetsAsync(sender);
    }

    public void Dispose() => _socket.Dispose();

    private void Read()
    {
        var letter = new byte[16_384];
        while (true)
            try
            {
                EndPoint from = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
                var length = _socket.ReceiveFrom(letter, ref from);
                _letters.AddOrUpdate(Encoding.UTF8.GetString(letter, 0, length).TrimEnd('.'), 1, (_, count) => count + 1);
                _socket.SendTo("yes"u8, from);
            }
            catch (SocketException problem) when (problem.SocketErrorCode is SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.ConnectionRefused)
            {
                // The sender is gone.
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                return;
            }
    }
}

/// <summary>Sends datagrams without pause, from before there is a way until it is disposed; every round to all its destinations.</summary>
internal sealed class Letters : IDisposable
{
    private readonly Thread _thread;
    private volatile bool _ended;
    private long _rounds;

    private Letters(Socket socket, string sender, IReadOnlyList<(Address Address, int Port)> destinations)
    {
        _thread = new Thread(() => Write(socket, Encoding.UTF8.GetBytes(sender), [.. destinations.Select(to => new IPEndPoint(to.Address.ToIPAddress(), to.Port))])) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>How often it sent to all of them.</summary>
    public long Rounds => Interlocked.Read(ref _rounds);

    public static Letters Send(NetworkNamespace network, string sender, int port, params IReadOnlyList<(Address Address, int Port)> destinations) =>
        new(Socket(network, port, destinations[0].Address.Family), sender, destinations);

    /// <summary>Sends with one of the network's addresses.</summary>
    public static Letters SendFrom(Address source, NetworkNamespace network, string sender, int port, params IReadOnlyList<(Address Address, int Port)> destinations) =>
        new(Socket(network, port, source.Family, source), sender, destinations);

    /// <summary>A UDP socket in a network; any port where none is given.</summary>
    public static Socket Socket(NetworkNamespace network, int port, IpFamily family, Address? source = null) => network.Run(() =>
    {
        var isFour = family == IpFamily.V4;
        var socket = new Socket(isFour ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(source?.ToIPAddress() ?? (isFour ? IPAddress.Any : IPAddress.IPv6Any), port));
        return socket;
    });

    public void Dispose()
    {
        _ended = true;
        _thread.Join();
    }

    private void Write(Socket socket, byte[] letter, IPEndPoint[] destinations)
    {
        using var open = socket;
        while (!_ended)
        {
            foreach (var destination in destinations)
                try
                {
                    socket.SendTo(letter, destination);
                }
                catch (SocketException)
                {
                    // No way there yet, or no more.
                }

            Interlocked.Increment(ref _rounds);
            if (destinations.Length > 4 || _rounds > 1_000) Thread.Sleep(1);
        }
    }
}
