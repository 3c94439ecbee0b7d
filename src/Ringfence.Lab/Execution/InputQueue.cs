namespace Ringfence.Lab.Execution;

/// <summary>What is on its way to a command's input: one piece at a time, so that a command that does not read makes its client wait.</summary>
/// <param name="wake">Told when there is something to write.</param>
internal sealed class InputQueue(Action wake) : IDisposable
{
    private const int BufferSize = 32 * 1024;

    private readonly SemaphoreSlim _taken = new(0);
    private readonly Lock _lock = new();
    private ReadOnlyMemory<byte>? _chunk;
    private bool _isDropped;

    /// <summary>Whether there is something to write, or the end to tell.</summary>
    public bool HasMore
    {
        get
        {
            lock (_lock) return _chunk is not null;
        }
    }

    /// <summary>What is to be written next; empty for the end of the input; null where nothing is there yet.</summary>
    public ReadOnlyMemory<byte>? Peek()
    {
        lock (_lock) return _chunk;
    }

    /// <summary>So many bytes are written.</summary>
    public void Took(int count)
    {
        lock (_lock)
        {
            var rest = _chunk!.Value[count..];
            _chunk = rest.IsEmpty ? default(ReadOnlyMemory<byte>?) : rest;
            if (_chunk is not null) return;
        }

        _taken.Release();
    }

    /// <summary>Nothing more will be written: what is there and what comes is thrown away.</summary>
    public void DropAll()
    {
        lock (_lock)
        {
            _isDropped = true;
            _chunk = null;
        }

        _taken.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => _taken.Dispose();

    /// <summary>Reads a stream to its end, piece by piece as they are written.</summary>
    public async Task FeedAsync(Stream input, CancellationToken cancellation)
    {
        var buffer = new byte[BufferSize];
        while (true)
        {
            int length;
            try
            {
                length = await input.ReadAsync(buffer, cancellation).ConfigureAwait(false);
            }
            catch (Exception broken) when (broken is IOException or ObjectDisposedException or InvalidOperationException)
            {
                length = 0;
            }

            lock (_lock)
                if (!_isDropped) _chunk = buffer.AsMemory(0, length);
                else if (length == 0) return;
                else continue;
            wake();
            if (length == 0) return;
            await _taken.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }
}
