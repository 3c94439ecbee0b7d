using System.Buffers.Binary;
using System.Net.Sockets;

namespace Ringfence.Lab.Daemon;

/// <summary>Listens on the control socket; answers root alone.</summary>
internal sealed class LabServer : IDisposable
{
    private const int MostConnections = 64;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly SemaphoreSlim _places = new(MostConnections);
    private readonly Action<string> _log;

    public LabServer(string path, Action<string> log)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        _log = log;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listener.Listen();
    }

    /// <summary>Answers until it is told to stop; then waits for the answers that are under way.</summary>
    public async Task RunAsync(Func<LabRequest, LineChannel, CancellationToken, Task> answer, CancellationToken stop)
    {
        var answering = new HashSet<Task>();
        try
        {
            while (true)
            {
                await _places.WaitAsync(stop).ConfigureAwait(false);
                answering.RemoveWhere(task => task.IsCompleted);
                try
                {
                    answering.Add(ServeAsync(await _listener.AcceptAsync(stop).ConfigureAwait(false), answer, stop));
                }
                catch (SocketException)
                {
                    // Out of files, or the user has gone already: the next one may fare better.
                    _places.Release();
                    await Task.Delay(Moment, stop).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(answering).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _places.Dispose();
    }

    private async Task ServeAsync(Socket socket, Func<LabRequest, LineChannel, CancellationToken, Task> answer, CancellationToken stop)
    {
        using var channel = new LineChannel(socket);
        try
        {
            if (UserOf(socket) is not 0) throw new LabException("only root may use a lab");
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(Patience);
            if (await channel.ReadAsync(patience.Token).ConfigureAwait(false) is { } request)
                await answer(request, channel, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The lab ends, or nothing was asked in time.
        }
        catch (LabException exception)
        {
            if (exception.InnerException is { } inner) _log(inner.ToString());
            await ReplyAsync(channel, new ErrorReply(exception.Message, [.. exception.Hints], IsMachine: false)).ConfigureAwait(false);
        }
        catch (Dataplane.MachineException exception)
        {
            await ReplyAsync(channel, new ErrorReply(exception.Message, exception.Remedy is { } remedy ? [remedy] : [], IsMachine: true)).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // Nobody waits for an answer any more.
        }
        catch (Exception exception)
        {
            _log(exception.ToString());
            await ReplyAsync(channel, new ErrorReply($"something went wrong inside: {exception.Message}", [], IsMachine: false)).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }

    private static Task ReplyAsync(LineChannel channel, ErrorReply reply) => channel.SendAsync(reply, CancellationToken.None);

    // struct ucred of unix(7): process, user, group.
    private static int UserOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        return socket.GetRawSocketOption(Native.SOL_SOCKET, Native.SO_PEERCRED, credentials) == credentials.Length
            ? BinaryPrimitives.ReadInt32LittleEndian(credentials[4..])
            : -1;
    }
}
