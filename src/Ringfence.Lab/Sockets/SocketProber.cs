using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Evidence.Probes;
using Ringfence.Model;

namespace Ringfence.Lab.Sockets;

/// <summary>
/// Makes probes with ordinary sockets (raw ones for SCTP) in the network of the source. Hundreds can be under way at a time; none holds a thread
/// while it waits, and none reuses the ports of one before it.
/// </summary>
public sealed class SocketProber : IProber, IDisposable
{
    private const int MostPortsTried = 100;

    private readonly NamespaceThread _sockets = new();
    private readonly SourcePorts _ports = new();
    private readonly Func<ProbeEnd, NetworkNamespace?> _network;
    private readonly TimeProvider _clock;

    /// <summary>A prober.</summary>
    /// <param name="network">Finds the network of a source; null where there is none, and the probe has failed.</param>
    /// <param name="clock">Tells when attempts begin and how long they take; the system's clock by default.</param>
    public SocketProber(Func<ProbeEnd, NetworkNamespace?> network, TimeProvider? clock = null) => (_network, _clock) = (network, clock ?? TimeProvider.System);

    /// <inheritdoc/>
    public async Task<Attempt> TryAsync(Probe probe, TimeSpan timeout, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var at = _clock.GetUtcNow();
        var began = _clock.GetTimestamp();
        var sighting = await SeeAsync(probe, timeout, cancellation);
        return new Attempt(sighting.Observed, at, _clock.GetElapsedTime(began), sighting.Detail);
    }

    /// <summary>Ends the thread that opens sockets. Probes that begin later fail.</summary>
    public void Dispose() => _sockets.Dispose();

    private async Task<Sighting> SeeAsync(Probe probe, TimeSpan timeout, CancellationToken cancellation)
    {
        if (_network(probe.Source) is not { } network) return new Sighting(Observed.Failed, $"{probe.Source.Name} has no network here");
        try
        {
            using var socket = await OpenAsync(network, probe, probe.Protocol);

            // From here on it counts: waiting for a turn is not waiting for an answer.
            using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            time.CancelAfter(timeout);
            var sighting = probe.Protocol switch
            {
                Protocol.Tcp => await TcpProbe.TryAsync(socket, Destination(probe), time.Token),
                Protocol.Udp => await UdpProbe.TryAsync(socket, Destination(probe), timeout, time.Token),
                _ => await SctpProbe.TryAsync(socket, _ports.Next(probe.Source.Address), Destination(probe), timeout, time.Token),
            };
            cancellation.ThrowIfCancellationRequested();
            return sighting.Observed == Observed.NoRoute ? await WithPlaceAsync(network, probe, sighting) : sighting;
        }
        catch (SocketException problem)
        {
            return new Sighting(Observed.Failed, problem.Message);
        }
        catch (Exception problem) when (problem is Win32Exception or ObjectDisposedException)
        {
            return new Sighting(Observed.Failed, $"the network of {probe.Source.Name} is gone: {problem.Message}");
        }
    }

    /// <summary>Opens a socket that is bound to the source's address and a fresh port.</summary>
    private async Task<Socket> OpenAsync(NetworkNamespace network, Probe probe, Protocol protocol)
    {
        var source = probe.Source.Address.ToIPAddress();
        var socket = await _sockets.OpenAsync(network, () => protocol switch
        {
            Protocol.Tcp => new Socket(source.AddressFamily, SocketType.Stream, ProtocolType.Tcp),
            Protocol.Udp => new Socket(source.AddressFamily, SocketType.Dgram, ProtocolType.Udp),
            _ => SctpSocket.Open(source.AddressFamily),
        });
        try
        {
            if (protocol == Protocol.Sctp)
            {
                socket.Bind(new IPEndPoint(source, 0));
                return socket;
            }

            for (var tried = 1; ; tried++)
                try
                {
                    socket.Bind(new IPEndPoint(source, _ports.Next(probe.Source.Address)));
                    return socket;
                }
                catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && tried < MostPortsTried)
                {
                    // A listener has this one.
                }
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Tells whether the source itself has no way, or somebody on the way said so: connecting a UDP socket looks the route up, and sends nothing.
    /// </summary>
    private async Task<Sighting> WithPlaceAsync(NetworkNamespace network, Probe probe, Sighting sighting)
    {
        using var socket = await OpenAsync(network, probe, Protocol.Udp);
        try
        {
            socket.Connect(Destination(probe));
            return sighting with { Detail = $"{sighting.Detail}, said on the way" };
        }
        catch (SocketException)
        {
            return sighting with { Detail = $"{sighting.Detail}: {probe.Source.Name} itself has no route" };
        }
    }

    private static IPEndPoint Destination(Probe probe) => new(probe.Destination.Address.ToIPAddress(), probe.Port);
}
