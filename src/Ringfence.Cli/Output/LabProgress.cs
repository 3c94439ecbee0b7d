namespace Ringfence.Cli.Output;

/// <summary>Says on standard error how far a lab is: on a terminal in one line that goes away, elsewhere a line each.</summary>
internal sealed class LabProgress(Terminal terminal) : IProgress<string>, IDisposable
{
    private bool _shown;

    /// <summary>Says what is being done.</summary>
    public void Say(string? what)
    {
        if (what is null) return;
        if (terminal.IsWatched) terminal.Error.Write($"\r\e[K{PlainText.Shorten(PlainText.Clean(what), (terminal.Width ?? 80) - 2)} …");
        else terminal.Error.WriteLine(PlainText.Clean(what));
        _shown = terminal.IsWatched;
    }

    /// <inheritdoc/>
    public void Report(string value) => Say(value);

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (_shown) terminal.Error.Write("\r\e[K");
        _shown = false;
    }
}
