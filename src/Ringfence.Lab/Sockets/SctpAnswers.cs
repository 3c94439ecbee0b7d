using System.Net.Sockets;
using System.Net;
using System.Security.Cryptography;
using Ringfence.Lab.Logs;

namespace Ringfence.Lab.Sockets;

/// <summary>
/// SCTP at one address, on a raw socket because few kernels have the protocol built in: it agrees to every association on a listening port,
/// without keeping it, and aborts those on others.
/// </summary>
internal sealed class SctpAnswers : IAnswers
{
    private const int LongestPacket = 2048;

    private readonly Socket _socket;
    private readonly Func<int, bool> _listens;
    private readonly Greeting _greeting;
    private readonly PodLog? _log;

    private SctpAnswers(Socket socket, Greeting greeting, Func<int, bool> listens, PodLog? log) => (_socket, _greeting, _listens, _log) = (socket, greeting, listens, log);

    /// <summary>Listens in the namespace of the calling thread; answers once it is started.</summary>
    /// <param name="address">The address.</param>
    /// <param name="greeting">What an agreement carries as its state cookie.</param>
    /// <param name="listens">Whether a port listens.</param>
    /// <param name="log">Told of every association; null where nobody reads it.</param>
    public static SctpAnswers Listen(IPAddress address, Greeting greeting, Func<int, bool> listens, PodLog? log = null)
    {
        var socket = SctpSocket.Open(address.AddressFamily);
        try
        {
            SocketOptions.BindFreely(socket, new IPEndPoint(address, 0));
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new SctpAnswers(socket, greeting, listens, log);
    }

    /// <inheritdoc/>
    public void Start() => _ = AnswerAsync();

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task AnswerAsync()
    {
        var v4 = _socket.AddressFamily == AddressFamily.InterNetwork;
        var client = new IPEndPoint(v4 ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var buffer = new byte[LongestPacket];
        while (true)
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, client);
                if (Answer(SctpPacket.AfterIpHeader(buffer.AsSpan(0, received.ReceivedBytes), v4)) is not { } answer) continue;

                // A raw socket takes the protocol where others take the port.
                var back = new IPEndPoint(((IPEndPoint)received.RemoteEndPoint).Address, 0);
                await _socket.SendToAsync(answer.Write(), SocketFlags.None, back);
                if (_log is not null && answer.Chunk == SctpChunk.InitAck)
                    _log.SayAnswered(new IPEndPoint(back.Address, answer.DestinationPort), answer.SourcePort, Model.Protocol.Sctp, default);
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

    private SctpPacket? Answer(ReadOnlySpan<byte> bytes)
    {
        if (SctpPacket.Read(bytes) is not { Chunk: SctpChunk.Init } init) return null;
        var answer = new SctpPacket(init.DestinationPort, init.SourcePort, init.InitiateTag, SctpChunk.Abort, 0);
        if (!_listens(init.DestinationPort)) return answer;
        return answer with { Chunk = SctpChunk.InitAck, InitiateTag = (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue), Cookie = _greeting.Line };
    }
}
