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
            if (!await ConnectAsync(socket, destination, time)) return Sighting.Dropped;
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

    /// <summary>Connects; false when nothing came back in time.</summary>
    /// <param name="socket">A socket of the source.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="time">Ends the wait.</param>
    /// <exception cref="SocketException">Something came back.</exception>
    public static async Task<bool> ConnectAsync(Socket socket, IPEndPoint destination, CancellationToken time)
    {
        var connecting = socket.ConnectAsync(destination);
        ThrowSoftError();
        var ended = Task.Delay(Timeout.InfiniteTimeSpan, time);
        if (await Task.WhenAny(connecting, ended) == ended)
        {
            ThrowSoftError();
            return false;
        }

        await connecting;
        return true;

        // An ICMP error that comes back while the packet is still being sent, as it does between namespaces, is only noted by the kernel, and TCP goes on trying.
        void ThrowSoftError()
        {
            if (!connecting.IsCompleted && (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! is not 0 and var error)
                throw new SocketException(error);
        }
    }
}
