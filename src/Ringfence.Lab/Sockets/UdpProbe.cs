using System.Net;
using System.Net.Sockets;

namespace Ringfence.Lab.Sockets;

/// <summary>A UDP datagram that asks who is there.</summary>
internal static class UdpProbe
{
    private const int DnsPort = 53;

    private static readonly ReadOnlyMemory<byte> Question = "?\n"u8.ToArray();

    // A server of names drops what is no question: this one asks for the name servers of the root.
    private static readonly ReadOnlyMemory<byte> NameQuestion = new byte[] { 0x52, 0x46, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1 };

    /// <summary>Asks, and once more after half the time, for a datagram may be lost for no reason.</summary>
    /// <param name="socket">A bound socket.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="timeout">The whole time there is.</param>
    /// <param name="time">Ends the wait.</param>
    public static async Task<Sighting> TryAsync(Socket socket, IPEndPoint destination, TimeSpan timeout, CancellationToken time)
    {
        var question = destination.Port == DnsPort ? NameQuestion : Question;
        try
        {
            SocketOptions.ReportIcmpErrors(socket);
            socket.Connect(destination);
            var answer = new byte[512];
            var receiving = socket.ReceiveAsync(answer, time).AsTask();
            await socket.SendAsync(question, time);
            if (await Task.WhenAny(receiving, Task.Delay(timeout / 2, time)) != receiving) await socket.SendAsync(question, time);
            return Sighting.Answered(answer.AsSpan(0, await receiving));
        }
        catch (OperationCanceledException)
        {
            return Sighting.Dropped;
        }
        catch (SocketException error)
        {
            return Sighting.Of(error);
        }
    }
}
