using System.Net;
using System.Net.Sockets;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Model;

namespace Ringfence.Dataplane.Tests.Plumbing;

/// <summary>A router with hosts, each on a link of its own: host i from 1 has 10.1.i.2 and fd00:1:i::2, the router 10.1.i.1 and fd00:1:i::1 there.</summary>
internal sealed class RoutedNetwork : IDisposable
{
    private readonly NetworkNamespace[] _hosts;

    public RoutedNetwork(int hosts)
    {
        Router = NetworkNamespace.Create();
        _hosts = [.. Enumerable.Range(0, hosts).Select(_ => NetworkNamespace.Create())];
        Router.SetKernel("ipv4/ip_forward", "1");
        Router.SetKernel("ipv6/conf/all/forwarding", "1");
        var links = new StringWriter();
        links.WriteLine("link set lo up");
        for (var i = 1; i <= hosts; i++)
        {
            links.WriteLine($"link add veth{i} address {MacOf(i, 1)} type veth peer name eth0 address {MacOf(i, 2)} netns {Host(i).Path}");
            links.WriteLine($"addr add 10.1.{i}.1/24 dev veth{i}");
            links.WriteLine($"addr add fd00:1:{i}::1/64 dev veth{i} nodad");
            links.WriteLine($"link set veth{i} up");
            links.WriteLine($"neigh add 10.1.{i}.2 lladdr {MacOf(i, 2)} dev veth{i}");
            links.WriteLine($"neigh add fd00:1:{i}::2 lladdr {MacOf(i, 2)} dev veth{i}");
        }

        Router.Configure(links.ToString());
        for (var i = 1; i <= hosts; i++)
        {
            Host(i).Configure(
                $"""
                link set lo up
                addr add 10.1.{i}.2/24 dev eth0
                addr add fd00:1:{i}::2/64 dev eth0 nodad
                link set eth0 up
                neigh add 10.1.{i}.1 lladdr {MacOf(i, 1)} dev eth0
                neigh add fd00:1:{i}::1 lladdr {MacOf(i, 1)} dev eth0
                route add default via 10.1.{i}.1
                route add default via fd00:1:{i}::1
                """);
        }
    }

    public NetworkNamespace Router { get; }

    public NetworkNamespace Host(int number) => _hosts[number - 1];

    public static Address AddressOf(int host, IpFamily family = IpFamily.V4) => Address.Parse(family == IpFamily.V4 ? $"10.1.{host}.2" : $"fd00:1:{host}::2");

    public static IPEndPoint EndPoint(int host, int port, IpFamily family = IpFamily.V4) => new(AddressOf(host, family).ToIPAddress(), port);

    // Neighbours are known from the start: no packet waits for their discovery.
    private static string MacOf(int link, int end) => $"02:00:00:00:{link:x2}:{end:x2}";

    /// <summary>A socket of a host, bound to its address.</summary>
    public Socket Open(int host, SocketType type, int port = 0, IpFamily family = IpFamily.V4)
    {
        var socket = Host(host).Run(() => new Socket(
            family == IpFamily.V4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp));
        Bind(socket, EndPoint(host, port, family));
        socket.ReceiveTimeout = 60_000;
        return socket;
    }

    // A child that is just being started holds a listener that was closed here, until it is the other program.
    private static void Bind(Socket socket, IPEndPoint place)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                socket.Bind(place);
                return;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && tries < 200)
            {
                Thread.Sleep(10);
            }
        }
    }

    /// <summary>An open TCP connection: the client's end and the server's.</summary>
    public (Socket Client, Socket Server) Connect(int from, int to, int port, IpFamily family = IpFamily.V4, IPEndPoint? by = null, int clientPort = 0)
    {
        using var listener = Open(to, SocketType.Stream, port, family);
        listener.Listen();
        var client = Open(from, SocketType.Stream, clientPort, family);
        client.Connect(by ?? EndPoint(to, port, family));
        var server = listener.Accept();
        server.ReceiveTimeout = 60_000;
        client.NoDelay = server.NoDelay = true;
        return (client, server);
    }

    public void Dispose()
    {
        foreach (var host in _hosts) host.Dispose();
        Router.Dispose();
    }
}
