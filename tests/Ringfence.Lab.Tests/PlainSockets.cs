using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Model;

namespace Ringfence.Lab.Tests;

/// <summary>Plain sockets in namespaces, that owe nothing to the lab's own.</summary>
internal static class PlainSockets
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Answers TCP connections to a port with a name, until disposed.</summary>
    public static IDisposable Serve(NetworkNamespace network, Address address, int port, string name)
    {
        var listener = network.Run(() =>
        {
            var socket = new Socket(Family(address), SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address.ToIPAddress(), port));
            socket.Listen();
            return socket;
        });
        _ = Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    using var connection = await listener.AcceptAsync();
                    await connection.SendAsync(Encoding.UTF8.GetBytes(name));
                }
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                // Disposed.
            }
        });
        return listener;
    }

    /// <summary>Connects and reads what the other side says; the error's name where it fails, <c>TimedOut</c> where nothing comes.</summary>
    public static async Task<string> AskAsync(NetworkNamespace network, Address destination, int port, Address? source = null)
    {
        using var socket = network.Run(() => new Socket(Family(destination), SocketType.Stream, ProtocolType.Tcp));
        if (source is { } from) socket.Bind(new IPEndPoint(from.ToIPAddress(), 0));
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(destination.ToIPAddress(), port), patience.Token);
            await socket.SendAsync("hello\n"u8.ToArray(), patience.Token);
            var buffer = new byte[256];
            var length = await socket.ReceiveAsync(buffer, patience.Token);
            return Encoding.UTF8.GetString(buffer, 0, length).TrimEnd();
        }
        catch (SocketException problem)
        {
            return problem.SocketErrorCode.ToString();
        }
        catch (OperationCanceledException)
        {
            return nameof(SocketError.TimedOut);
        }
    }

    private static AddressFamily Family(Address address) =>
        address.Family == IpFamily.V4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
}
