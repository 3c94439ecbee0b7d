using System.Net.Sockets;
using System.Text.Json;

namespace Ringfence.Lab.Daemon;

/// <summary>The lab's end of a connection: one request in, replies out, a line each.</summary>
internal sealed class LineChannel(Socket socket) : IDisposable
{
    /// <summary>The most bytes that a request may have.</summary>
    public const int MostBytes = 96 << 20;

    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    private readonly SemaphoreSlim _writing = new(1);
    private bool _kept;

    /// <summary>Reads the request.</summary>
    /// <exception cref="LabException">It is too long, or it is no request.</exception>
    public async Task<LabRequest?> ReadAsync(CancellationToken cancellation)
    {
        var buffer = new byte[4096];
        var length = 0;
        while (true)
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false);
            if (count == 0) return null;
            var end = buffer.AsSpan(length, count).IndexOf((byte)'\n');
            if (end >= 0) return Parse(buffer.AsSpan(0, length + end));
            length += count;
            if (length >= MostBytes) throw new LabException($"a request of more than {MostBytes >> 20} MB is not read");
            if (length == buffer.Length) Array.Resize(ref buffer, Math.Min(buffer.Length * 2, MostBytes));
        }
    }

    /// <summary>Sends a reply; one that nobody receives any more is lost.</summary>
    public async Task SendAsync(LabReply reply, CancellationToken cancellation)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(reply, MessagesContext.Default.LabReply);
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await SendAllAsync(bytes, cancellation).ConfigureAwait(false);
            await SendAllAsync(LineEnd, cancellation).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // The other end is gone, and with it whoever wanted to know.
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Ends when the other end is gone.</summary>
    public async Task ClosedAsync(CancellationToken cancellation)
    {
        var ignored = new byte[256];
        try
        {
            while (await socket.ReceiveAsync(ignored, cancellation).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset: gone as well.
        }
    }

    /// <summary>Leaves the connection open until the process ends, which the other end waits for.</summary>
    public void Keep() => _kept = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_kept) return;
        _writing.Dispose();
        socket.Dispose();
    }

    private async Task SendAllAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, cancellation).ConfigureAwait(false)..];
    }

    private static LabRequest Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, MessagesContext.Default.LabRequest) ?? throw new LabException("null is no request");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException)
        {
            throw new LabException("this is no request that the lab knows", exception, "The command and the lab's process may be of different versions: take the lab down and up again.");
        }
    }
}
