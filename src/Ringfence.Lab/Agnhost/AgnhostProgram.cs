using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringfence.Evidence.Probes;
using Ringfence.Kubernetes.ApiServer.Streaming;
using Ringfence.Lab.Execution;
using Ringfence.Lab.Sockets;

namespace Ringfence.Lab.Agnhost;

/// <summary>
/// <c>agnhost connect</c>, the program by which conformance tests try connections: the same arguments, the same words on standard error, the same
/// exit codes. It runs in this process, with sockets in the pod's network.
/// </summary>
/// <remarks>https://github.com/kubernetes/kubernetes/tree/master/test/images/agnhost#connect</remarks>
internal sealed class AgnhostProgram(NamespaceThread sockets)
{
    // What the kernel does with a connection that nobody answers, where no time is given.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(130);

    private readonly SourcePorts _ports = new();

    /// <summary>Whether a command is this program.</summary>
    public static bool IsMeant(string program) => program is "agnhost" or "/agnhost";

    /// <summary>Runs it.</summary>
    public async Task<CommandEnd> RunAsync(PodPlace place, IReadOnlyList<string> words, CommandStreams streams, CancellationToken gone)
    {
        var said = words.Count < 2 || words[1] != "connect"
            ? $"agnhost {(words.Count < 2 ? "" : words[1] + " ")}is not there: the lab's agnhost has the command connect alone"
            : AgnhostArguments.Parse([.. words.Skip(2)], out var problem) is { } arguments ? await ConnectAsync(place, arguments, gone).ConfigureAwait(false) : $"Error: {problem}";
        if (said is null) return new CommandEnd(0);
        if ((streams.Errors ?? streams.Output) is { } told) await told.WriteAsync(Encoding.UTF8.GetBytes(said + "\n"), gone).ConfigureAwait(false);
        return new CommandEnd(1);
    }

    /// <summary>Tries; what there is to say, null where it is connected.</summary>
    private async Task<string?> ConnectAsync(PodPlace place, AgnhostArguments arguments, CancellationToken gone)
    {
        if (arguments.Protocol is not ("" or "tcp" or "udp" or "sctp")) return $"Unsupported protocol\n{arguments.Protocol}";
        var protocol = arguments.Protocol is "" ? "tcp" : arguments.Protocol;
        if (HostPort.Split(arguments.Destination, out var wrong) is not var (host, portText)) return $"{(protocol == "tcp" ? "UNKNOWN" : "DNS")}: {wrong}";
        if (HostPort.Number(portText, protocol, out wrong) is not { } port) return $"DNS: {wrong}";
        IReadOnlyList<IPAddress> addresses;
        try
        {
            addresses = host.Length == 0 ? [IPAddress.Loopback] : await new PodResolver(place, sockets).FindAsync(host, gone).ConfigureAwait(false);
        }
        catch (LookupException unknown)
        {
            return $"DNS: {unknown.Message}";
        }

        using var time = CancellationTokenSource.CreateLinkedTokenSource(gone);
        time.CancelAfter(arguments.Timeout > TimeSpan.Zero ? arguments.Timeout : arguments.Timeout < TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : Longest);
        try
        {
            var destination = new IPEndPoint(addresses[0], port);
            return protocol switch
            {
                "tcp" => await ConnectTcpAsync(place, [.. addresses.Select(address => new IPEndPoint(address, port))], time.Token).ConfigureAwait(false),
                "udp" => await AskUdpAsync(place, destination, arguments.UdpData, time.Token).ConfigureAwait(false),
                _ => await AssociateAsync(place, destination, arguments.Timeout > TimeSpan.Zero ? arguments.Timeout : Longest, time.Token).ConfigureAwait(false),
            };
        }
        finally
        {
            gone.ThrowIfCancellationRequested();
        }
    }

    private async Task<string?> ConnectTcpAsync(PodPlace place, IReadOnlyList<IPEndPoint> destinations, CancellationToken time)
    {
        SocketException? first = null;
        foreach (var destination in destinations)
            try
            {
                using var socket = await OpenAsync(place, destination, SocketType.Stream, ProtocolType.Tcp).ConfigureAwait(false);
                return await TcpProbe.ConnectAsync(socket, destination, time).ConfigureAwait(false) ? null : "TIMEOUT";
            }
            catch (SocketException problem)
            {
                first ??= problem;
            }

        return first!.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "REFUSED",
            SocketError.TimedOut => "TIMEOUT",
            _ => $"OTHER: dial tcp {destinations[0]}: connect: {GoErrors.Text(first)}",
        };
    }

    private async Task<string?> AskUdpAsync(PodPlace place, IPEndPoint destination, string data, CancellationToken time)
    {
        using var socket = await OpenAsync(place, destination, SocketType.Dgram, ProtocolType.Udp).ConfigureAwait(false);
        try
        {
            await socket.ConnectAsync(destination, time).ConfigureAwait(false);
        }
        catch (SocketException problem)
        {
            return $"OTHER: dial udp {destination}: connect: {GoErrors.Text(problem)}";
        }

        var way = string.Create(CultureInfo.InvariantCulture, $"{socket.LocalEndPoint}->{destination}");
        var doing = "write";
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(data + "\n"), time).ConfigureAwait(false);
            doing = "read";
            return await socket.ReceiveAsync(new byte[1024], time).ConfigureAwait(false) == 0
                ? "OTHER: No data received from the server. Cannot guarantee the server received the request."
                : null;
        }
        catch (OperationCanceledException)
        {
            return $"TIMEOUT: {doing} udp {way}: i/o timeout";
        }
        catch (SocketException problem)
        {
            return $"{(problem.SocketErrorCode == SocketError.ConnectionRefused ? "REFUSED" : "UNKNOWN")}: {doing} udp {way}: {doing}: {GoErrors.Text(problem)}";
        }
    }

    private async Task<string?> AssociateAsync(PodPlace place, IPEndPoint destination, TimeSpan timeout, CancellationToken time)
    {
        try
        {
            var source = place.Addresses.First(address => address.ToIPAddress().AddressFamily == destination.AddressFamily);
            using var socket = await sockets.OpenAsync(place.Network, () => SctpSocket.Open(destination.AddressFamily)).ConfigureAwait(false);
            socket.Bind(new IPEndPoint(source.ToIPAddress(), 0));
            var sighting = await SctpProbe.TryAsync(socket, _ports.Next(source), destination, timeout, time).ConfigureAwait(false);
            return sighting.Observed switch
            {
                Observed.Answered => null,
                Observed.Dropped => "TIMEOUT",
                Observed.Refused => "OTHER: connection refused",
                _ => $"OTHER: {sighting.Detail}",
            };
        }
        catch (Exception problem) when (problem is SocketException or InvalidOperationException)
        {
            return $"OTHER: {(problem is SocketException error ? GoErrors.Text(error) : "network is unreachable")}";
        }
    }

    private Task<Socket> OpenAsync(PodPlace place, IPEndPoint destination, SocketType type, ProtocolType protocol) =>
        sockets.OpenAsync(place.Network, () => new Socket(destination.AddressFamily, type, protocol));
}
