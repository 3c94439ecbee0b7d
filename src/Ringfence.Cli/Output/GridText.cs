using Ringfence.Cli.Answers;

namespace Ringfence.Cli.Output;

/// <summary>
/// A matrix for a terminal. Where full names do not fit beside each other, columns are numbered; where even those do not fit, the
/// columns come in blocks.
/// </summary>
internal sealed class GridText(Terminal terminal, bool headers, bool wide)
{
    private const int Gap = 2;
    private const int MostLetters = 24;
    private const string Corner = "FROM \\ TO";

    /// <summary>Whether some cell left ports out.</summary>
    public bool HasShortened { get; private set; }

    /// <summary>Writes the matrix.</summary>
    public void Write(Grid grid)
    {
        if (grid.Rows.IsEmpty || grid.Columns.IsEmpty) return;
        var limit = wide ? int.MaxValue : terminal.Width ?? int.MaxValue;
        var cells = Widths(grid);
        var named = grid.Columns.Select((column, i) => Math.Max(cells[i], column.Short.Length)).ToArray();
        Widen(grid, named);
        var label = Math.Max(grid.Rows.Max(row => row.Name.Length), headers ? Corner.Length : 0);
        if (label + named.Sum(width => width + Gap) <= limit)
        {
            WriteNamed(grid, label, named);
            return;
        }

        WriteNumbered(grid, label, cells, limit);
    }

    private int[] Widths(Grid grid)
    {
        var widths = new int[grid.Columns.Length];
        for (var i = 0; i < grid.Rows.Length; i++)
            for (var j = 0; j < widths.Length; j++)
                widths[j] = Math.Max(widths[j], Text(grid[i, j]).Length);
        return widths;
    }

    // The namespace stands above its columns, so together they must be as wide as its name.
    private static void Widen(Grid grid, int[] widths)
    {
        foreach (var (start, end) in Groups(grid))
        {
            var span = widths[start..end].Sum() + (Gap * (end - start - 1));
            widths[end - 1] += Math.Max(0, grid.Columns[start].Group.Length - span);
        }
    }

    private static IEnumerable<(int Start, int End)> Groups(Grid grid)
    {
        for (int start = 0, end; start < grid.Columns.Length; start = end)
        {
            end = start + 1;
            while (end < grid.Columns.Length && grid.Columns[end].Group == grid.Columns[start].Group) end++;
            yield return (start, end);
        }
    }

    private void WriteNamed(Grid grid, int label, int[] widths)
    {
        if (headers)
        {
            if (grid.Columns.Any(column => column.Group.Length > 0))
            {
                var line = new LineBuilder(terminal);
                line.Add("", label);
                foreach (var (start, end) in Groups(grid))
                    line.Add(grid.Columns[start].Group, widths[start..end].Sum() + (Gap * (end - start - 1)), Style.Heading);
                line.End();
            }

            var names = new LineBuilder(terminal);
            names.Add(Corner, label, Style.Faint);
            for (var j = 0; j < widths.Length; j++) names.Add(grid.Columns[j].Short, widths[j], Style.Heading);
            names.End();
        }

        for (var i = 0; i < grid.Rows.Length; i++)
        {
            var line = new LineBuilder(terminal);
            line.Add(grid.Rows[i].Name, label);
            for (var j = 0; j < widths.Length; j++) AddCell(line, grid[i, j], widths[j]);
            line.End();
        }
    }

    private void WriteNumbered(Grid grid, int label, int[] cells, int limit)
    {
        var digits = $"{grid.Columns.Length}".Length;
        var numbers = grid.Columns.Select((column, i) => (column, i)).Where(pair => IsSame(pair.column)).ToDictionary(pair => pair.column.Name, pair => pair.i + 1);
        var widths = cells.Select((width, i) => Math.Max(width, $"{i + 1}".Length)).ToArray();
        for (var start = 0; start < widths.Length;)
        {
            var end = start;
            var used = digits + 1 + label;
            while (end < widths.Length && (end == start || used + Gap + widths[end] <= limit)) used += Gap + widths[end++];
            if (start > 0) terminal.Out.Write('\n');
            if (headers) WriteNumbers(start, end, digits, label, widths);
            for (var i = 0; i < grid.Rows.Length; i++)
            {
                var line = new LineBuilder(terminal);
                var number = numbers.TryGetValue(grid.Rows[i].Name, out var own) ? $"{own}" : "";
                line.Add($"{number.PadLeft(digits)} {grid.Rows[i].Name}", digits + 1 + label);
                for (var j = start; j < end; j++) AddCell(line, grid[i, j], widths[j]);
                line.End();
            }

            start = end;
        }

        WriteLegend(grid, digits);
    }

    private void WriteNumbers(int start, int end, int digits, int label, int[] widths)
    {
        var line = new LineBuilder(terminal);
        line.Add(new string(' ', digits + 1) + Corner, digits + 1 + label, Style.Faint);
        for (var j = start; j < end; j++) line.Add($"{j + 1}", widths[j], Style.Heading);
        line.End();
    }

    // Rows carry their column's number; what is no row is told below.
    private void WriteLegend(Grid grid, int digits)
    {
        var rows = grid.Rows.Where(IsSame).Select(row => row.Name).ToHashSet(StringComparer.Ordinal);
        var rest = grid.Columns.Select((column, i) => (column.Name, Number: i + 1)).Where(pair => !rows.Contains(pair.Name)).ToList();
        if (rest.Count == 0) return;
        terminal.Out.Write('\n');
        foreach (var (name, number) in rest) terminal.Out.Write($"{number.ToString().PadLeft(digits)} {PlainText.Clean(name)} (destination)\n");
    }

    // Ranges are cut anew for each direction: the rest of them as a source is not the rest of them as a destination.
    private static bool IsSame(GridEntry entry) => !entry.IsOutside || entry.Name == Axis.Everything;

    private void AddCell(LineBuilder line, GridCell cell, int width) => line.Add(Text(cell), width, cell.Kind switch
    {
        CellKind.All => Style.Strong,
        CellKind.Some => Style.Good,
        CellKind.Unknown => Style.Doubtful,
        CellKind.Differs => Style.Bad,
        _ => Style.Faint,
    });

    private string Text(GridCell cell)
    {
        if (wide || cell.Text.Length <= MostLetters) return cell.Text;
        HasShortened = true;
        return ConnectionText.Shorten(cell.Text, MostLetters);
    }

    // Spaces are written only before something, so that lines have no ragged blank ends.
    private sealed class LineBuilder(Terminal terminal)
    {
        private int _pending;

        public void Add(string text, int width, Style style = Style.Plain)
        {
            if (text.Length > 0)
            {
                for (; _pending > 0; _pending--) terminal.Out.Write(' ');
                terminal.Out.Write(terminal.Paint(PlainText.Clean(text), style));
            }

            _pending += width - text.Length + Gap;
        }

        public void End() => terminal.Out.Write('\n');
    }
}
