using System.Buffers;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Client.Reading;

/// <summary>
/// A stream of JSON seen through a buffer that holds one value at a time. Not thread-safe. Cut-off text is an <see cref="EndOfStreamException"/>,
/// other text that is no JSON an <see cref="InvalidDataException"/>, and silence a <see cref="TimeoutException"/>.
/// </summary>
/// <param name="stream">The text, in UTF-8.</param>
/// <param name="silence">How long to wait for more text.</param>
/// <param name="time">The clock.</param>
internal sealed class JsonWindow(Stream stream, TimeSpan silence, TimeProvider time) : IDisposable
{
    /// <summary>The most bytes of one value that are held; etcd takes no object over 1.5 MB unless told to, and 8 MB is the most that it is made for.</summary>
    public const int MostBytes = 8 << 20;

    private const int BufferSize = 64 << 10;

    private readonly CancellationTokenSource _silent = new(Timeout.InfiniteTimeSpan, time);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;

    /// <summary>How long to wait for more text.</summary>
    public TimeSpan Silence { get; set; } = silence;

    /// <summary>How many bytes have been read.</summary>
    public long Bytes { get; private set; }

    /// <summary>The text that is at hand.</summary>
    public ReadOnlySpan<byte> Rest => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Leaves text behind.</summary>
    public void Take(int count) => _start += count;

    /// <summary>The next character that is no space, not taken; 0 at the end of the text.</summary>
    public async ValueTask<byte> PeekAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var next = Rest.IndexOfAnyExcept(" \t\r\n"u8);
            if (next >= 0)
            {
                _start += next;
                return _buffer[_start];
            }

            _start = _end;
            if (!await FillAsync(cancellation)) return 0;
        }
    }

    /// <summary>Takes one character.</summary>
    public async ValueTask ExpectAsync(byte character, CancellationToken cancellation)
    {
        var next = await PeekAsync(cancellation);
        if (next == 0) throw CutOff();
        if (next != character) throw new InvalidDataException($"the answer is not the JSON that it should be: '{(char)character}' is missing");
        _start++;
    }

    /// <summary>Gets the next value whole: it is the first in <see cref="Rest"/> then, and the caller takes it.</summary>
    /// <returns>Its length; -1 where it was too big: then it is passed over.</returns>
    public async ValueTask<int> ValueAsync(CancellationToken cancellation)
    {
        var first = await PeekAsync(cancellation);
        if (first == 0) throw CutOff();
        if (first is (byte)'{' or (byte)'[') return await NestedAsync(cancellation);
        while (true)
        {
            if (JsonFields.Length(Rest) is >= 0 and var length) return length;
            if (Rest.Length > MostBytes) throw new InvalidDataException("the answer is not the JSON that it should be: a value does not end");
            if (!await FillAsync(cancellation)) throw CutOff();
        }
    }

    private async ValueTask<int> NestedAsync(CancellationToken cancellation)
    {
        var nesting = new JsonNesting { Depth = 1 };
        var scanned = 1;
        var isTooBig = false;
        while (true)
        {
            var end = nesting.FindEnd(Rest, scanned);
            if (end >= 0)
            {
                if (!isTooBig) return end;
                _start += end;
                return -1;
            }

            scanned = _end - _start;
            if (isTooBig || scanned > MostBytes)
            {
                isTooBig = true;
                _start = _end;
                scanned = 0;
            }

            if (!await FillAsync(cancellation)) throw CutOff();
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        MakeRoom();
        _silent.CancelAfter(Silence);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _silent.Token);
        try
        {
            var count = await stream.ReadAsync(_buffer.AsMemory(_end), both.Token);
            _silent.CancelAfter(Timeout.InfiniteTimeSpan);
            _end += count;
            Bytes += count;
            return count > 0;
        }
        catch (OperationCanceledException problem) when (_silent.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"the server said nothing for {Silence.TotalSeconds:0} s", problem);
        }
    }

    private void MakeRoom()
    {
        if (_start == _end) (_start, _end) = (0, 0);
        if (_end < _buffer.Length) return;
        var length = _end - _start;
        if (length <= _buffer.Length / 2)
        {
            _buffer.AsSpan(_start, length).CopyTo(_buffer);
        }
        else
        {
            var bigger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(_start, length).CopyTo(bigger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = bigger;
        }

        (_start, _end) = (0, length);
    }

    private static EndOfStreamException CutOff() => new("the answer was cut off");

    public void Dispose()
    {
        _silent.Dispose();
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
