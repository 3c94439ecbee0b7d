using System.Net.Sockets;
using System.Net;
using Ringfence.Lab.Logs;

namespace Ringfence.Lab.Sockets;

/// <summary>A UDP port of one address that answers each datagram with a line.</summary>
internal sealed class UdpAnswers : IAnswers
{
    private readonly Socket _socket;
    private readonly Greeting _greeting;

    private readonly IPEndPoint _endpoint;
    private readonly PodLog? _log;

    private UdpAnswers(Socket socket, IPEndPoint endpoint, Greeting greeting, PodLog? log) => (_socket, _endpoint, _greeting, _log) = (socket, endpoint, greeting, log);

    /// <summary>Listens in the namespace of the calling thread; answers once it is started.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="greeting">What to say.</param>
    /// <param name="log">Told of every datagram; null where nobody reads it.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static UdpAnswers Listen(IPEndPoint endpoint, Greeting greeting, PodLog? log = null)
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

        return new UdpAnswers(socket, endpoint, greeting, log);
    }

    /// <inheritdoc/>
    public void Start() => _ = AnswerAsync(new SocketAddress(_endpoint.AddressFamily));

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task AnswerAsync(SocketAddress client)
    {
        // What is asked does not matter to the answer; its first words are for the log.
        var buffer = new byte[_log is null ? 1 : PodLog.LongestRequest];
        while (true)
            try
            {
                var length = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, client);
                await _socket.SendToAsync(_greeting.Line, SocketFlags.None, client);
                if (_log is { IsListening: true }) _log.SayAnswered((IPEndPoint)_endpoint.Create(client), _endpoint.Port, Model.Protocol.Udp, buffer.AsSpan(0, length));
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
