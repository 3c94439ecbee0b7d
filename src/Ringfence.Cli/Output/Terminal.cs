using System.Globalization;
using System.Text;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>Where answers and messages go: data to standard output, everything else to standard error.</summary>
internal sealed class Terminal
{
    private readonly bool _colourOut;
    private readonly bool _colourError;
    private readonly Lazy<TextWriter> _out;

    /// <summary>The process's own streams.</summary>
    public Terminal(bool noColour)
    {
        var allowed = !noColour
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        _colourOut = allowed && !Console.IsOutputRedirected;
        _colourError = allowed && !Console.IsErrorRedirected;
        _out = new(() => new StreamWriter(StandardOutput.Open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16) { NewLine = "\n" });
        Error = Console.Error;
        IsWatched = !Console.IsErrorRedirected;
        Width = WidthOf();
    }

    /// <summary>Other streams, without colour.</summary>
    public Terminal(TextWriter output, TextWriter error, int? width)
    {
        _out = new(output);
        Error = error;
        Width = width;
    }

    /// <summary>Standard output, buffered; see <see cref="Flush"/>.</summary>
    public TextWriter Out => _out.Value;

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; }

    /// <summary>Columns of the terminal, or what <c>COLUMNS</c> says where output is redirected; null where nothing limits a line.</summary>
    public int? Width { get; }

    /// <summary>Whether somebody watches standard error.</summary>
    public bool IsWatched { get; }

    /// <summary>The text as standard output shows it.</summary>
    public string Paint(string text, Style style) => _colourOut ? Coloured(text, style) : text;

    /// <summary>Tells something about the input or the command on standard error.</summary>
    public void Tell(Severity severity, string message)
    {
        var (word, style) = severity switch
        {
            Severity.Error => ("error", Style.Bad),
            Severity.Warning => ("warning", Style.Doubtful),
            _ => ("note", Style.Faint),
        };
        Error.WriteLine($"{(_colourError ? Coloured(word, style) : word)}: {PlainText.Clean(message)}");
    }

    /// <summary>Tells something that may make every answer wrong.</summary>
    public void TellLoudly(string message) =>
        Error.WriteLine(_colourError ? Coloured("WARNING: " + PlainText.Clean(message), Style.Doubtful) : "WARNING: " + PlainText.Clean(message));

    /// <summary>Writes what is buffered.</summary>
    /// <exception cref="BrokenPipeException">Nobody reads standard output any more.</exception>
    public void Flush()
    {
        if (_out.IsValueCreated) _out.Value.Flush();
    }

    private static int? WidthOf()
    {
        if (!Console.IsOutputRedirected && Console.WindowWidth is > 0 and var width) return width;
        return int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var columns)
            && columns > 0 ? columns : null;
    }

    private static string Coloured(string text, Style style) => style switch
    {
        _ when text.Length == 0 => text,
        Style.Strong or Style.Heading => $"\e[1m{text}\e[0m",
        Style.Faint => $"\e[2m{text}\e[0m",
        Style.Good => $"\e[32m{text}\e[0m",
        Style.Bad => $"\e[31m{text}\e[0m",
        Style.Doubtful => $"\e[33m{text}\e[0m",
        _ => text,
    };
}
