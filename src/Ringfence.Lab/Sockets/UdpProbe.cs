using System.Net;
using System.Net.Sockets;

namespace Ringfence.Lab.Sockets;

/// <summary>A UDP datagram that asks who is there.</summary>
internal static class UdpProbe
{
    private static readonly ReadOnlyMemory<byte> Question = "?\n"u8.ToArray();

    /// <summary>Asks, and once more after half the time, for a datagram may be lost for no reason.</summary>
    /// <param name="socket">A bound socket.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="timeout">The whole time there is.</param>
    /// <param name="time">Ends the wait.</param>
    public static async Task<Sighting> TryAsync(Socket socket, IPEndPoint destination, TimeSpan timeout, CancellationToken time)
    {
        try
        {
            SocketOptions.ReportIcmpErrors(socket);
            socket.Connect(destination);
            var answer = new byte[512];
            var receiving = socket.ReceiveAsync(answer, time).AsTask();
            await socket.SendAsync(Question, time);
            if (await Task.WhenAny(receiving, Task.Delay(timeout / 2, time)) != receiving) await socket.SendAsync(Question, time);
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
