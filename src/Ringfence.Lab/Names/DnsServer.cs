using System.Net;
using System.Net.Sockets;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Lab.Sockets;
using Ringfence.Model;

namespace Ringfence.Lab.Names;

/// <summary>Cluster DNS: answers names on port 53 of a pod, by UDP and TCP.</summary>
public sealed class DnsServer : IAsyncDisposable
{
    /// <summary>The port of DNS.</summary>
    public const int Port = 53;

    private const int LongestQuestion = 4096;
    private const int Backlog = 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Func<ClusterNames> _names;
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _served = [];

    private DnsServer(Func<ClusterNames> names) => _names = names;

    /// <summary>Opens the port and answers until disposed.</summary>
    /// <param name="network">The pod's namespace.</param>
    /// <param name="addresses">The pod's addresses; they may come later.</param>
    /// <param name="names">The names of the moment; asked for every question.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static DnsServer Start(NetworkNamespace network, IEnumerable<Address> addresses, Func<ClusterNames> names)
    {
        var server = new DnsServer(names);
        try
        {
            network.Run(() =>
            {
                foreach (var address in addresses.Distinct())
                {
                    server.Open(address, SocketType.Dgram, ProtocolType.Udp);
                    server.Open(address, SocketType.Stream, ProtocolType.Tcp).Listen(Backlog);
                }
            });
        }
        catch
        {
            foreach (var socket in server._sockets) socket.Dispose();
            throw;
        }

        foreach (var socket in server._sockets)
            server._served.Add(Task.Run(() => socket.SocketType == SocketType.Dgram ? server.AnswerDatagramsAsync(socket) : server.AcceptAsync(socket)));
        return server;
    }

    /// <summary>Closes the port.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets) socket.Dispose();
        await Task.WhenAll(_served);
    }

    private Socket Open(Address address, SocketType type, ProtocolType protocol)
    {
        var endpoint = new IPEndPoint(address.ToIPAddress(), Port);
        var socket = new Socket(endpoint.AddressFamily, type, protocol);
        _sockets.Add(socket);
        SocketOptions.BindFreely(socket, endpoint);
        return socket;
    }

    private async Task AnswerDatagramsAsync(Socket socket)
    {
        var client = new SocketAddress(socket.AddressFamily);
        var buffer = new byte[LongestQuestion];
        while (true)
            try
            {
                var length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, client);
                if (DnsResponder.Respond(buffer.AsSpan(0, length), _names(), isDatagram: true) is { } answer)
                    await socket.SendToAsync(answer, SocketFlags.None, client);
            }
            catch (Exception closed) when (closed is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException)
            {
                // The way back to this client is closed; others may have one.
            }
    }

    private async Task AcceptAsync(Socket socket)
    {
        while (true)
            try
            {
                _ = AnswerStreamAsync(await socket.AcceptAsync());
            }
            catch (Exception closed) when (closed is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException)
            {
                // Out of files, or the client has gone already: the next one may fare better.
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
    }

    private async Task AnswerStreamAsync(Socket client)
    {
        using var stream = new NetworkStream(client, ownsSocket: true);
        var buffer = new byte[LongestQuestion];
        try
        {
            while (true)
            {
                using var patience = new CancellationTokenSource(Patience);
                await stream.ReadExactlyAsync(buffer.AsMemory(0, 2), patience.Token);
                var length = (buffer[0] << 8) | buffer[1];
                if (length > buffer.Length) return;
                await stream.ReadExactlyAsync(buffer.AsMemory(0, length), patience.Token);
                if (DnsResponder.Respond(buffer.AsSpan(0, length), _names(), isDatagram: false) is not { } answer) return;
                await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer], patience.Token);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The client is done.
        }
    }
}
