using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Ringfence.Kubernetes.ApiServer.Streaming;

/// <summary>The channels of a remote command over one WebSocket: the first byte of each message says which channel it is for.</summary>
/// <remarks>
/// https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets: v5 adds a message that closes a
/// channel. With base64 the messages are text, and the channel is a digit.
/// </remarks>
internal sealed class ChannelSocket : IDisposable
{
    /// <summary>The subprotocols, the best first.</summary>
    public static readonly string[] Subprotocols = [V5, "v4.channel.k8s.io", "v4.base64.channel.k8s.io"];

    private const string V5 = "v5.channel.k8s.io";
    private const byte Close = 255;
    private const int MostResizeBytes = 1024;
    private const int BufferSize = 32 * 1024;

    // How much input may wait for the command; then the client has to.
    private const int MostWaiting = 1 << 20;

    private readonly WebSocket _socket;
    private readonly bool _isText;
    private readonly bool _canClose;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Pipe _input = new(new PipeOptions(pauseWriterThreshold: MostWaiting, resumeWriterThreshold: MostWaiting / 2, useSynchronizationContext: false));
    private readonly Channel<TerminalSize> _sizes = System.Threading.Channels.Channel.CreateBounded<TerminalSize>(
        new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true });

    /// <summary>The channels of a WebSocket whose subprotocol is one of <see cref="Subprotocols"/>.</summary>
    public ChannelSocket(WebSocket socket)
    {
        _socket = socket;
        _isText = socket.SubProtocol!.Contains("base64", StringComparison.Ordinal);
        _canClose = socket.SubProtocol == V5;
        Input = _input.Reader.AsStream();
    }

    /// <summary>What the client sends to the command, until it closes that channel or goes away.</summary>
    public Stream Input { get; }

    /// <summary>The sizes of the client's terminal.</summary>
    public ChannelReader<TerminalSize> Sizes => _sizes.Reader;

    /// <summary>A stream of which everything that is written goes to the client on a channel.</summary>
    public Stream Output(StreamChannel channel) => new OutputStream(this, channel);

    /// <summary>Sends a message on a channel, a part of it at a time where it is long.</summary>
    public async Task SendAsync(StreamChannel channel, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        do
        {
            var part = content[..Math.Min(content.Length, BufferSize)];
            content = content[part.Length..];
            var message = Message(channel, part.Span);
            await _sending.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                await _socket.SendAsync(message, _isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true, cancellation).ConfigureAwait(false);
            }
            finally
            {
                _sending.Release();
            }
        }
        while (!content.IsEmpty);
    }

    /// <summary>Takes the client's messages until it closes the connection or is gone.</summary>
    public async Task ReceiveAsync(CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var text = new ArrayBufferWriter<byte>();
        try
        {
            int? channel = null;
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(), cancellation).ConfigureAwait(false);
                if (received.MessageType == WebSocketMessageType.Close) return;
                var part = buffer.AsMemory(0, received.Count);
                if (_isText)
                {
                    text.Write(part.Span);
                    if (text.WrittenCount > MostWaiting) return;
                    if (!received.EndOfMessage) continue;
                    if (Decoded(text.WrittenSpan) is not { } decoded) return;
                    text.ResetWrittenCount();
                    part = decoded;
                }

                if (channel is null && !part.IsEmpty)
                {
                    channel = part.Span[0];
                    part = part[1..];
                }

                if (channel is { } number && !await TakeAsync(number, part, cancellation).ConfigureAwait(false)) return;
                if (received.EndOfMessage) channel = null;
            }
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Closed without a word.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            await _input.Writer.CompleteAsync().ConfigureAwait(false);
            _sizes.Writer.TryComplete();
        }
    }

    /// <summary>Says goodbye; a client that does not answer within the time given is left.</summary>
    public async Task CloseAsync(CancellationToken patience)
    {
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // It went first.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _input.Reader.Complete();
        _sending.Dispose();
        _socket.Dispose();
    }

    /// <summary>Takes a part of a message; false where nothing more is to be read.</summary>
    private async ValueTask<bool> TakeAsync(int channel, ReadOnlyMemory<byte> part, CancellationToken cancellation)
    {
        switch (channel)
        {
            case (int)StreamChannel.Input:
                // A command that reads no input, or has ended, leaves the rest unread.
                await _input.Writer.WriteAsync(part, cancellation).ConfigureAwait(false);
                return true;
            case (int)StreamChannel.Resize:
                if (part.Length <= MostResizeBytes && SizeOf(part.Span) is { } size) _sizes.Writer.TryWrite(size);
                return true;
            case Close when _canClose:
                if (part.Span is [(byte)StreamChannel.Input]) await _input.Writer.CompleteAsync().ConfigureAwait(false);
                return true;
            default:
                return channel is (int)StreamChannel.Output or (int)StreamChannel.Errors or (int)StreamChannel.Status;
        }
    }

    private static TerminalSize? SizeOf(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            using var size = JsonDocument.ParseValue(ref reader);
            return size.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("Width", out var width) && width.TryGetUInt16(out var columns)
                && root.TryGetProperty("Height", out var height) && height.TryGetUInt16(out var rows)
                ? new TerminalSize(columns, rows)
                : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private byte[] Message(StreamChannel channel, ReadOnlySpan<byte> content) => _isText
        ? Encoding.ASCII.GetBytes($"{(int)channel}{Convert.ToBase64String(content)}")
        : [(byte)channel, .. content];

    private static byte[]? Decoded(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] is < (byte)'0' or > (byte)'9') return null;
        try
        {
            return [(byte)(text[0] - '0'), .. Convert.FromBase64String(Encoding.ASCII.GetString(text[1..]))];
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private sealed class OutputStream(ChannelSocket socket, StreamChannel channel) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(socket.SendAsync(channel, buffer, cancellationToken));

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            socket.SendAsync(channel, buffer.AsMemory(offset, count), cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

        public override void Flush()
        {
            // Every write is a message.
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

/// <summary>The channels of a remote command.</summary>
internal enum StreamChannel : byte
{
    /// <summary>To the command.</summary>
    Input = 0,

    /// <summary>What it writes.</summary>
    Output = 1,

    /// <summary>What it writes to standard error.</summary>
    Errors = 2,

    /// <summary>How it ended, as a <c>Status</c>.</summary>
    Status = 3,

    /// <summary>The size of the client's terminal, as JSON.</summary>
    Resize = 4,
}
