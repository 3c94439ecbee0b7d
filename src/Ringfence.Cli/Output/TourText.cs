using Ringfence.Analysis;
using Ringfence.Lab.Tour;

namespace Ringfence.Cli.Output;

/// <summary>Writes the stops of a tour.</summary>
internal sealed class TourText(Terminal terminal)
{
    private const int Indent = 2;

    private int _stops;
    private int _probes;

    /// <summary>In how many places packets and engine differed.</summary>
    public int Differences { get; private set; }

    /// <summary>Writes a stop.</summary>
    public void Write(TourStop stop)
    {
        if (_stops++ > 0) terminal.Out.Write('\n');
        terminal.Out.Write(terminal.Paint(stop.Title, Style.Strong) + "\n");
        if (stop.Folder is { } folder) terminal.Out.Write($"{terminal.Paint(folder, Style.Faint)}\n");
        if (stop.Table is { } table)
        {
            terminal.Out.Write('\n');
            new TextTable(terminal, table.Headers).Write(table.Rows.Select(row => (IReadOnlyList<Cell>)[.. row.Select(cell => new Cell(cell.Text, StyleOf(cell.Tone)))]));
            terminal.Out.Write('\n');
        }

        foreach (var line in stop.Lines) WriteLine("", line, Style.Plain);
        foreach (var difference in stop.Differences) WriteLine("! ", difference, Style.Bad);
        Differences += stop.Differences.Length;
        _probes += stop.Probes;
    }

    /// <summary>Writes what it came to.</summary>
    public void WriteEnd() => terminal.Out.Write(Differences == 0
        ? $"\n{Counted.Of(_probes, "connection")} tried with real packets: {terminal.Paint("all as the engine says", Style.Good)}\n"
        : $"\n{Counted.Of(_probes, "connection")} tried with real packets: {terminal.Paint($"{Counted.Of(Differences, "difference")} from what the engine says", Style.Bad)}\n");

    private void WriteLine(string mark, string text, Style style)
    {
        var first = true;
        foreach (var line in PlainText.Wrap(PlainText.Clean(text), (terminal.Width ?? 140) - Indent - mark.Length))
        {
            terminal.Out.Write($"{(first ? mark : new string(' ', mark.Length + Indent))}{terminal.Paint(line, style)}\n");
            first = false;
        }
    }

    private static Style StyleOf(TourTone tone) => tone switch
    {
        TourTone.Open => Style.Good,
        TourTone.Closed => Style.Faint,
        TourTone.Wrong => Style.Bad,
        _ => Style.Plain,
    };
}
