using System.Diagnostics;
using Ringfence.Cli.Output;

namespace Ringfence.Cli.Proving;

/// <summary>Shows on a terminal how far a proof is, in one line that goes away.</summary>
internal sealed class ProofProgress(Terminal terminal) : IProgress<string>, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _writing = new();
    private long _last;

    /// <inheritdoc/>
    public void Report(string value)
    {
        if (!terminal.IsWatched) return;
        lock (_writing)
        {
            if (_last != 0 && Stopwatch.GetElapsedTime(_last) < Pause) return;
            _last = Stopwatch.GetTimestamp();
            terminal.Error.Write($"\r\e[K{PlainText.Shorten(PlainText.Clean(value), (terminal.Width ?? 80) - 2)} …");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_writing)
            if (_last != 0) terminal.Error.Write("\r\e[K");
    }
}
