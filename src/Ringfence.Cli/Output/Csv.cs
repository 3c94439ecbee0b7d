namespace Ringfence.Cli.Output;

/// <summary>Writes comma-separated values (RFC 4180, lines end with LF).</summary>
internal static class Csv
{
    /// <summary>Writes one line.</summary>
    public static void WriteRow(TextWriter output, IEnumerable<string> fields)
    {
        output.Write(string.Join(',', fields.Select(Field)));
        output.Write('\n');
    }

    /// <summary>One field, quoted where it must be. A field that a spreadsheet would take for a formula is made text with an apostrophe.</summary>
    internal static string Field(string text)
    {
        if (text.Length > 1 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r') text = "'" + text;
        text = PlainText.CleanKeepingLines(text);
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
    }
}
