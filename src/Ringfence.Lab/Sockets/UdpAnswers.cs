using System.Net;
using System.Net.Sockets;

namespace Ringfence.Lab.Sockets;

/// <summary>A UDP port of one address that answers each datagram with a line.</summary>
internal sealed class UdpAnswers : IDisposable
{
    private readonly Socket _socket;
    private readonly Greeting _greeting;

    private UdpAnswers(Socket socket, Greeting greeting) => (_socket, _greeting) = (socket, greeting);

    /// <summary>Listens in the namespace of the calling thread.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static UdpAnswers Listen(IPEndPoint endpoint, Greeting greeting)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            SocketOptions.BindFreely(socket, endpoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var answers = new UdpAnswers(socket, greeting);
        _ = answers.AnswerAsync(new SocketAddress(endpoint.AddressFamily));
        return answers;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task AnswerAsync(SocketAddress client)
    {
        await Task.Yield();

        // What is asked does not matter.
        var buffer = new byte[1];
        while (true)
            try
            {
                await _socket.ReceiveFromAsync(buffer, SocketFlags.None, client);
                await _socket.SendToAsync(_greeting.Line, SocketFlags.None, client);
            }
            catch (Exception closed) when (closed is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException)
            {
                // The way back to this client is closed; others may have one.
            }
    }
}
