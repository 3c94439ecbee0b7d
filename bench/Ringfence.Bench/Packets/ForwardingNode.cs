using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Model;

namespace Ringfence.Bench.Packets;

/// <summary>A node that forwards between a client's and a server's pod: three network namespaces.</summary>
internal sealed class ForwardingNode : IDisposable
{
    public const int Port = 9000;
    public const string ClientInterface = "veth0";
    public const string ServerInterface = "veth1";

    private readonly NetworkNamespace _client = NetworkNamespace.Create();
    private readonly NetworkNamespace _server = NetworkNamespace.Create();

    public ForwardingNode()
    {
        foreach (var (pod, link, number) in new[] { (_client, ClientInterface, 1), (_server, ServerInterface, 2) })
        {
            Run(Network, "ip", ["-batch", "-"], string.Create(
                CultureInfo.InvariantCulture, $"link add {link} type veth peer name eth0 netns {pod.Path}\naddress add 10.99.{number}.1/24 dev {link}\nlink set {link} up\n"));
            Run(pod, "ip", ["-batch", "-"], string.Create(
                CultureInfo.InvariantCulture, $"link set lo up\naddress add 10.99.{number}.2/24 dev eth0\nlink set eth0 up\nroute add default via 10.99.{number}.1\n"));
        }

        Sysctl.Write(Network, ("ipv4/ip_forward", "1"));
        Sender = _client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp));
        Sender.Connect(ServerAddress.ToIPAddress(), 0);
        Receiver = _server.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        Receiver.Bind(new IPEndPoint(IPAddress.Any, Port));
        Listener = _server.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        Listener.Bind(new IPEndPoint(IPAddress.Any, Port));
        Listener.Listen();
    }

    public static Address ClientAddress { get; } = Address.Parse("10.99.1.2");

    public static Address ServerAddress { get; } = Address.Parse("10.99.2.2");

    public NetworkNamespace Network { get; } = NetworkNamespace.Create();

    public Socket Sender { get; }

    public Socket Receiver { get; }

    public Socket Listener { get; }

    /// <summary>Sockets of the client that can connect to the server.</summary>
    public Socket[] Clients(int count) =>
        _client.Run(() => Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToArray());

    /// <summary>Answers the known flow of <see cref="PacketBatch"/> once.</summary>
    public void Answer() => Receiver.SendTo([0], new IPEndPoint(ClientAddress.ToIPAddress(), PacketBatch.KnownPort));

    /// <summary>Forgets all flows, so that the next ones are new.</summary>
    public void ForgetFlows() => Run(Network, "conntrack", ["-F"], "");

    public void Load(string script) => Run(Network, "nft", ["-f", "-"], script);

    public void Dispose()
    {
        Sender.Dispose();
        Receiver.Dispose();
        Listener.Dispose();
        _client.Dispose();
        _server.Dispose();
        Network.Dispose();
    }

    // A child is where its parent's thread was.
    private static void Run(NetworkNamespace network, string program, string[] arguments, string input) => network.Run(() =>
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        output.Wait();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program}: {complaint.Trim()}");
    });
}
