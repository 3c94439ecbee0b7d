using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Ringfence.Evidence.Probes;

namespace Ringfence.Lab.Sockets;

/// <summary>The first packet of an SCTP association, sent by hand: few kernels have the protocol built in.</summary>
internal static class SctpProbe
{
    /// <summary>Sends an INIT, and once more after half the time. An INIT ACK is an answer, an ABORT a refusal.</summary>
    /// <param name="socket">A raw socket, bound to the source's address.</param>
    /// <param name="port">The source port.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="timeout">The whole time there is.</param>
    /// <param name="time">Ends the wait.</param>
    public static async Task<Sighting> TryAsync(Socket socket, int port, IPEndPoint destination, TimeSpan timeout, CancellationToken time)
    {
        var tag = (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);
        var init = new SctpPacket((ushort)port, (ushort)destination.Port, 0, SctpChunk.Init, tag);
        try
        {
            SocketOptions.ReportIcmpErrors(socket);

            // A raw socket takes the protocol where others take the port.
            socket.Connect(new IPEndPoint(destination.Address, 0));
            var receiving = ReceiveAsync(socket, init, time);
            await socket.SendAsync(init.Write(), time);
            if (await Task.WhenAny(receiving, Task.Delay(timeout / 2, time)) != receiving) await socket.SendAsync(init.Write(), time);
            var answer = await receiving;
            if (answer.Chunk == SctpChunk.Abort) return new Sighting(Observed.Refused, "the association was aborted");

            // Nobody will go on with it: what keeps track of it may forget it.
            await socket.SendAsync((init with { Chunk = SctpChunk.Abort, Tag = answer.InitiateTag }).Write(), time);
            return Sighting.Answered(answer.Cookie.Span);
        }
        catch (OperationCanceledException)
        {
            return Sighting.Dropped;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.SocketError)
        {
            // IPv6 says so with an error (EPROTO) that the base library has no name for.
            return new Sighting(Observed.Refused, "the destination does not speak this protocol");
        }
        catch (SocketException error)
        {
            return Sighting.Of(error);
        }
    }

    // The socket sees all SCTP that comes from there; the ports and the tag tell what belongs to this probe.
    private static async Task<SctpPacket> ReceiveAsync(Socket socket, SctpPacket init, CancellationToken time)
    {
        var v4 = socket.AddressFamily == AddressFamily.InterNetwork;
        var buffer = new byte[2048];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, time);
            if (SctpPacket.Read(SctpPacket.AfterIpHeader(buffer.AsSpan(0, length), v4)) is { Chunk: SctpChunk.InitAck or SctpChunk.Abort } answer
                && answer.SourcePort == init.DestinationPort && answer.DestinationPort == init.SourcePort && answer.Tag == init.InitiateTag)
                return answer;
        }
    }
}
