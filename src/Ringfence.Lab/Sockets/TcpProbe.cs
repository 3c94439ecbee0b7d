using System.Net;
using System.Net.Sockets;

namespace Ringfence.Lab.Sockets;

/// <summary>A TCP connection that asks who is there.</summary>
internal static class TcpProbe
{
    // No protocol begins with this line: the lab's listeners answer it at once with their name.
    private static readonly ReadOnlyMemory<byte> Question = "?\n"u8.ToArray();
    private static readonly LingerOption AtOnce = new(enable: true, seconds: 0);

    /// <summary>Tries to connect.</summary>
    /// <param name="socket">A bound socket; it is closed with a reset, which ends the flow everywhere.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="time">Ends the wait.</param>
    public static async Task<Sighting> TryAsync(Socket socket, IPEndPoint destination, CancellationToken time)
    {
        try
        {
            socket.LingerState = AtOnce;
            socket.NoDelay = true;
            await socket.ConnectAsync(destination, time);
        }
        catch (OperationCanceledException)
        {
            return Sighting.Dropped;
        }
        catch (SocketException error)
        {
            return Sighting.Of(error);
        }

        // It is connected: that is the answer. The name is for people.
        var answer = new byte[512];
        var length = 0;
        try
        {
            await socket.SendAsync(Question, time);
            while (length < answer.Length && !answer.AsSpan(0, length).Contains((byte)'\n'))
            {
                var read = await socket.ReceiveAsync(answer.AsMemory(length), time);
                if (read == 0) break;
                length += read;
            }
        }
        catch (Exception silent) when (silent is OperationCanceledException or SocketException)
        {
            // A server that is none of the lab's.
        }

        return Sighting.Answered(answer.AsSpan(0, length));
    }
}
