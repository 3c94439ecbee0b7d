namespace Ringfence.Cli.Output;

/// <summary>A table as kubectl prints it: columns of even width, three spaces apart, the last one ragged.</summary>
internal sealed class TextTable(Terminal terminal, IReadOnlyList<string>? headers)
{
    private const string Gap = "   ";

    // Widths come from the first rows, so that a table of any length flows.
    private const int Sample = 5000;

    /// <summary>Writes the rows.</summary>
    public void Write(IEnumerable<IReadOnlyList<Cell>> rows)
    {
        using var all = rows.GetEnumerator();
        var sample = new List<IReadOnlyList<Cell>>();
        while (sample.Count < Sample && all.MoveNext()) sample.Add(all.Current);
        if (sample.Count == 0) return;

        var columns = sample[0].Count;
        var widths = new int[columns];
        for (var i = 0; i < columns; i++)
            widths[i] = Math.Max(headers?[i].Length ?? 0, sample.Max(row => row[i].Text.Length));
        if (headers is not null) WriteRow([.. headers.Select(header => new Cell(header, Style.Heading))], widths);
        foreach (var row in sample) WriteRow(row, widths);
        while (all.MoveNext()) WriteRow(all.Current, widths);
    }

    private void WriteRow(IReadOnlyList<Cell> row, int[] widths)
    {
        var last = row.Count - 1;
        while (last > 0 && row[last].Text.Length == 0) last--;
        for (var i = 0; i <= last; i++)
        {
            var text = PlainText.Clean(row[i].Text);
            terminal.Out.Write(terminal.Paint(text, row[i].Style));
            if (i == last) break;
            for (var pad = text.Length; pad < widths[i]; pad++) terminal.Out.Write(' ');
            terminal.Out.Write(Gap);
        }

        terminal.Out.Write('\n');
    }
}
