using System.Diagnostics;
using Ringfence.Analysis;
using Ringfence.Cli.Output;

namespace Ringfence.Cli.Input;

/// <summary>Shows how far long work is, on a terminal only, and only where it takes more than a second. Takes its line away at the end.</summary>
internal sealed class ReadingProgress(Terminal terminal) : IProgress<(int Files, long Bytes, int Objects)>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly long _start = Stopwatch.GetTimestamp();
    private long _last;
    private bool _shown;

    /// <inheritdoc/>
    public void Report((int Files, long Bytes, int Objects) value)
    {
        if (IsDue())
            Show($"reading: {Counted.Of(value.Files, "file")}, {value.Bytes / 1_000_000} MB, {Counted.Of(value.Objects, "object")}");
    }

    /// <summary>Says what goes on.</summary>
    public void Say(string what)
    {
        if (IsDue()) Show(what);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_shown) terminal.Error.Write("\r\e[K");
        _shown = false;
    }

    private bool IsDue()
    {
        if (!terminal.IsWatched || Stopwatch.GetElapsedTime(_start) < Patience) return false;
        if (_shown && Stopwatch.GetElapsedTime(_last) < Pause) return false;
        _last = Stopwatch.GetTimestamp();
        return true;
    }

    private void Show(string what)
    {
        terminal.Error.Write($"\r\e[K{what} …");
        _shown = true;
    }
}
