using System.Net.Sockets;
using System.Net;
using Ringfence.Lab.Logs;

namespace Ringfence.Lab.Sockets;

/// <summary>
/// A TCP port that answers whoever connects: an HTTP request with a page, anything else, or nothing within a moment, with a line. Then it closes.
/// </summary>
internal sealed class TcpAnswers : IAnswers
{
    // Half the pods of a large lab may connect to one at the same moment; a full backlog would look like a dropped packet.
    private const int Backlog = 4096;
    private const int LongestHead = 8192;

    // A client that waits to be spoken to, as many protocols' clients do.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan HeadPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _listener;
    private readonly Func<IPEndPoint, Greeting> _greeting;

    private readonly int _port;
    private readonly PodLog? _log;

    private TcpAnswers(Socket listener, int port, Func<IPEndPoint, Greeting> greeting, PodLog? log) => (_listener, _port, _greeting, _log) = (listener, port, greeting, log);

    /// <summary>Listens on every address of both families in the namespace of the calling thread; answers once it is started.</summary>
    /// <param name="port">The port.</param>
    /// <param name="greeting">What to say, by the address that was connected to.</param>
    /// <param name="log">Told of every connection; null where nobody reads it.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static TcpAnswers Listen(int port, Func<IPEndPoint, Greeting> greeting, PodLog? log = null)
    {
        var family = Socket.OSSupportsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (family == AddressFamily.InterNetworkV6) socket.DualMode = true;
            socket.Bind(new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            socket.Listen(Backlog);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new TcpAnswers(socket, port, greeting, log);
    }

    /// <inheritdoc/>
    public void Start() => _ = AcceptAsync();

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync();
            }
            catch (Exception closed) when (closed is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException)
            {
                // Out of files, or the client has gone already: the next one may fare better.
                await Task.Delay(Moment);
                continue;
            }

            _ = AnswerAsync(client);
        }
    }

    private async Task AnswerAsync(Socket client)
    {
        using var _ = client;
        var buffer = new byte[LongestHead];
        try
        {
            var greeting = _greeting((IPEndPoint)client.LocalEndPoint!);
            var length = await ReadRequestAsync(client, buffer);
            _log?.SayAnswered((IPEndPoint)client.RemoteEndPoint!, _port, Model.Protocol.Tcp, buffer.AsSpan(0, length));
            var answer = HttpRequest.IsHttp(buffer.AsSpan(0, length))
                ? HttpRequest.WantsHeadOnly(buffer.AsSpan(0, length)) ? greeting.HttpHead : greeting.Http
                : greeting.Line;
            using var patience = new CancellationTokenSource(Patience);
            await client.SendAsync(answer, patience.Token);
            client.Shutdown(SocketShutdown.Send);

            // Closing with unread data would reset the connection under the answer.
            while (await client.ReceiveAsync(buffer, patience.Token) > 0)
            {
            }
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went first.
        }
    }

    /// <summary>Reads the head of an HTTP request, or as much of anything else as shows that it is none.</summary>
    private static async Task<int> ReadRequestAsync(Socket client, byte[] buffer)
    {
        using var moment = new CancellationTokenSource(Moment);
        var length = 0;
        try
        {
            while (length < buffer.Length)
            {
                var read = await client.ReceiveAsync(buffer.AsMemory(length), moment.Token);
                if (read == 0) break;
                length += read;
                if (!HttpRequest.MayBeHttp(buffer.AsSpan(0, length)) || HttpRequest.IsWhole(buffer.AsSpan(0, length))) break;
                moment.CancelAfter(HeadPatience);
            }
        }
        catch (OperationCanceledException)
        {
            // The client waits to be spoken to.
        }

        return length;
    }
}
