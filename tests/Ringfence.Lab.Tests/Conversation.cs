using System.Net;
using System.Net.Sockets;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Model;

namespace Ringfence.Lab.Tests;

/// <summary>A connection, or a flow of UDP, both of whose ends are at hand.</summary>
internal sealed class Conversation : IDisposable
{
    private const int Patience = 60_000;
    private const int Short = 300;

    private readonly Socket _client;
    private readonly Socket _server;

    private Conversation(Socket client, Socket server) => (_client, _server) = (client, server);

    /// <summary>Opens one, and sees that it works.</summary>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="client">The client's network.</param>
    /// <param name="server">The server's network.</param>
    /// <param name="port">The server's port.</param>
    /// <param name="to">What the client asks for.</param>
    /// <param name="asked">The port that the client asks for; the server's own where it is 0.</param>
    public static Conversation Begin(Protocol protocol, NetworkNamespace client, NetworkNamespace server, int port, Address to, int asked = 0)
    {
        var conversation = protocol == Protocol.Tcp ? Connect(client, server, port, End(to, asked == 0 ? port : asked)) : Exchange(client, server, port, End(to, asked == 0 ? port : asked));
        conversation.GoOn();
        return conversation;
    }

    /// <summary>Sends something both ways.</summary>
    /// <exception cref="SocketException">It does not get through.</exception>
    public void GoOn()
    {
        var data = new byte[4];
        _client.Send([1, 2, 3, 4]);
        _server.Receive(data);
        _server.Send(data);
        _client.Receive(data);
    }

    /// <summary>What each end is told when it speaks: <c>ConnectionReset</c> of a cut connection, <c>TimedOut</c> where nothing comes.</summary>
    public (SocketError Client, SocketError Server) Speak(bool serverFirst = false)
    {
        if (!serverFirst) return (Speak(_client, _server), Speak(_server, _client));
        var server = Speak(_server, _client);
        return (Speak(_client, _server), server);
    }

    public void Dispose()
    {
        // A reset would be a packet of the flow.
        _client.Dispose();
        _server.Dispose();
    }

    private static SocketError Speak(Socket socket, Socket other)
    {
        try
        {
            // Of UDP the far end would have it: there is no reset.
            var isUdp = socket.SocketType == SocketType.Dgram;
            if (isUdp) other.ReceiveTimeout = Short;
            socket.Send([9]);
            _ = (isUdp ? other : socket).Receive(new byte[16]);
            return SocketError.Success;
        }
        catch (SocketException problem)
        {
            return problem.SocketErrorCode is SocketError.WouldBlock ? SocketError.TimedOut : problem.SocketErrorCode;
        }
    }

    private static Conversation Connect(NetworkNamespace client, NetworkNamespace server, int port, IPEndPoint to)
    {
        using var listener = Open(server, to.AddressFamily, SocketType.Stream);
        listener.Bind(new IPEndPoint(Any(to), port));
        listener.Listen();
        var connecting = Open(client, to.AddressFamily, SocketType.Stream);
        if (!connecting.ConnectAsync(to).Wait(Patience)) throw new SocketException((int)SocketError.TimedOut);
        var accepted = listener.Accept();
        (accepted.ReceiveTimeout, accepted.NoDelay, connecting.NoDelay) = (Patience, true, true);
        return new Conversation(connecting, accepted);
    }

    private static Conversation Exchange(NetworkNamespace client, NetworkNamespace server, int port, IPEndPoint to)
    {
        var answering = Open(server, to.AddressFamily, SocketType.Dgram);
        answering.Bind(new IPEndPoint(Any(to), port));
        var asking = Open(client, to.AddressFamily, SocketType.Dgram);
        asking.Connect(to);
        asking.Send([0]);
        EndPoint from = new IPEndPoint(Any(to), 0);
        answering.ReceiveFrom(new byte[16], ref from);
        answering.Connect(from);
        return new Conversation(asking, answering);
    }

    private static Socket Open(NetworkNamespace network, AddressFamily family, SocketType type) => network.Run(() =>
    {
        var socket = new Socket(family, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp) { ReceiveTimeout = Patience };
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        return socket;
    });

    private static IPEndPoint End(Address address, int port) => new(address.ToIPAddress(), port);

    private static IPAddress Any(IPEndPoint like) => like.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
}
