namespace Ringfence.Kubernetes.Manifests.Editing;

/// <summary>Cuts and inserts in a text whose lines and indentation mean something.</summary>
internal sealed class TextLayout(string text)
{
    private readonly string _lineEnd = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

    /// <summary>The text.</summary>
    public string Text => text;

    /// <summary>The column of a place, from 0.</summary>
    public int Column(int at) => at - LineStart(at);

    /// <summary>Whether only blanks stand before a place in its line.</summary>
    public bool IsFirstOnLine(int at) => text.AsSpan(LineStart(at), Column(at)).IsWhiteSpace();

    /// <summary>The hyphen of the list item whose value begins at a place.</summary>
    /// <exception cref="EditException">It is not the first in its line.</exception>
    public int DashOf(int item)
    {
        var dash = text.LastIndexOf('-', Math.Max(item - 1, 0));
        return dash >= 0 && IsFirstOnLine(dash) ? dash : throw new EditException("lists of lists cannot be edited");
    }

    /// <summary>Puts other text in the place of some.</summary>
    public string Replace(int start, int end, string by) => string.Concat(text.AsSpan(0, start), by, text.AsSpan(end));

    /// <summary>Adds lines after the line in which a block ends.</summary>
    public string InsertLines(int blockEnd, IEnumerable<string> lines, int indent)
    {
        var at = LineEnd(Trimmed(blockEnd));
        return Replace(at, at, string.Concat(lines.Select(line => _lineEnd + Indented(line, indent))));
    }

    /// <summary>Puts a first line and lines below it in the place of a block.</summary>
    public string ReplaceBlock(int start, int end, string first, IEnumerable<string> lines, int indent) =>
        Replace(start, Math.Max(start, Trimmed(end)), first + string.Concat(lines.Select(line => _lineEnd + Indented(line, indent))));

    /// <summary>Adds an entry between brackets, after the one that is last so far, laid out as that one is.</summary>
    public string InsertInFlow(int lastEnd, int lastStart, string entry) =>
        Replace(lastEnd, lastEnd, IsFirstOnLine(lastStart) ? $",{_lineEnd}{text.AsSpan(LineStart(lastStart), Column(lastStart))}{entry}" : $", {entry}");

    /// <summary>Takes an entry out from between brackets, with the comma that it needs no more.</summary>
    public string CutFromFlow(IReadOnlyList<(int Start, int End)> entries, int index) =>
        index + 1 < entries.Count ? Replace(entries[index].Start, entries[index + 1].Start, "")
        : index > 0 ? Replace(entries[index - 1].End, entries[index].End, "")
        : Replace(entries[index].Start, entries[index].End, "");

    /// <summary>Takes the lines from one place to another out, whole.</summary>
    public string CutLines(int start, int end)
    {
        var after = LineEnd(Trimmed(end));
        if (after < text.Length && text[after] == '\r') after++;
        if (after < text.Length) after++;
        return Replace(LineStart(start), after, "");
    }

    private int LineStart(int at) => at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;

    private int LineEnd(int at)
    {
        var end = text.IndexOf('\n', at);
        if (end < 0) return text.Length;
        return end > at && text[end - 1] == '\r' ? end - 1 : end;
    }

    // Block scalars end where the next line begins.
    private int Trimmed(int end)
    {
        while (end > 0 && char.IsWhiteSpace(text[end - 1])) end--;
        return end;
    }

    private static string Indented(string line, int indent) => line.Length == 0 ? line : new string(' ', indent) + line;
}
