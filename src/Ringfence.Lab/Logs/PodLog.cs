using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Ringfence.Kubernetes.ApiServer.Streaming;
using Ringfence.Model;

namespace Ringfence.Lab.Logs;

/// <summary>What a pod of the lab says: which ports it listens on and who asked what of them. The last lines are kept. Safe for several threads.</summary>
/// <param name="time">The time of lines.</param>
internal sealed class PodLog(TimeProvider time)
{
    /// <summary>The most lines that are kept.</summary>
    public const int Most = 1000;

    /// <summary>The most lines of one second; more are counted, not told.</summary>
    public const int MostPerSecond = 50;

    /// <summary>As much of a request as is told, in bytes.</summary>
    public const int LongestRequest = 200;

    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _lines = [];
    private readonly List<Channel<LogLine>> _followers = [];
    private long _second;
    private int _told;
    private bool _hasEnded;

    /// <summary>Whether a line now would be kept.</summary>
    public bool IsListening
    {
        get
        {
            lock (_lock) return !_hasEnded && (_told < MostPerSecond || time.GetUtcNow().ToUnixTimeSeconds() != _second);
        }
    }

    /// <summary>A port as the log has it: <c>8000/TCP</c>.</summary>
    public static string Text(int port, Protocol protocol) => string.Create(CultureInfo.InvariantCulture, $"{port}/{protocol.ToText()}");

    /// <summary>Adds a line.</summary>
    public void Say(string text)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_hasEnded) return;
            var second = now.ToUnixTimeSeconds();
            if (second != _second)
            {
                var unsaid = _told - MostPerSecond;
                (_second, _told) = (second, 0);
                if (unsaid > 0) Add(new LogLine(now, string.Create(CultureInfo.InvariantCulture, $"{unsaid} more in the same second are not told")));
            }

            if (++_told <= MostPerSecond) Add(new LogLine(now, text));
        }
    }

    /// <summary>Adds a line about a connection that was answered.</summary>
    /// <param name="source">From where.</param>
    /// <param name="port">The port.</param>
    /// <param name="protocol">Its protocol.</param>
    /// <param name="request">What it began with; the first line is told.</param>
    public void SayAnswered(IPEndPoint source, int port, Protocol protocol, ReadOnlySpan<byte> request)
    {
        var address = source.Address.IsIPv4MappedToIPv6 ? source.Address.MapToIPv4() : source.Address;
        var end = request.IndexOfAny("\r\n"u8);
        if (end >= 0) request = request[..end];
        if (request.Length > LongestRequest) request = request[..LongestRequest];
        var asked = string.Concat(Encoding.UTF8.GetString(request).Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));
        Say($"answered {new IPEndPoint(address, source.Port)} on {Text(port, protocol)}{(asked.Length == 0 ? "" : $": {asked}")}");
    }

    /// <summary>The lines, and for who follows those to come until the pod has ended.</summary>
    /// <param name="request">Which.</param>
    /// <param name="cancellation">Ends it.</param>
    public async IAsyncEnumerable<LogLine> ReadAsync(LogRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Who reads too slowly misses the oldest.
        var follower = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropOldest });
        ImmutableArray<LogLine> lines;
        lock (_lock)
        {
            lines = [.. _lines.Where(line => request.Since is not { } since || line.Time >= since)];
            if (request.Tail is { } tail && tail < lines.Length) lines = lines[^tail..];
            if (request.Follow && !_hasEnded) _followers.Add(follower);
            else follower.Writer.Complete();
        }

        try
        {
            foreach (var line in lines) yield return line;
            await foreach (var line in follower.Reader.ReadAllAsync(cancellation).ConfigureAwait(false)) yield return line;
        }
        finally
        {
            lock (_lock) _followers.Remove(follower);
        }
    }

    /// <summary>The pod has ended: nothing more is said.</summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            foreach (var follower in _followers) follower.Writer.TryComplete();
        }
    }

    private void Add(LogLine line)
    {
        _lines.Enqueue(line);
        if (_lines.Count > Most) _lines.Dequeue();
        foreach (var follower in _followers) follower.Writer.TryWrite(line);
    }
}
