using System.Text;

namespace Ringfence.Cli.Output;

/// <summary>Writes tables that GitHub renders.</summary>
internal static class Markdown
{
    /// <summary>Writes a table; without headers its first line is empty, as the syntax wants one.</summary>
    public static void WriteTable(TextWriter output, IReadOnlyList<string> headers, bool showHeaders, IEnumerable<IEnumerable<string>> rows)
    {
        WriteRow(output, showHeaders ? headers : headers.Select(_ => ""));
        WriteRow(output, headers.Select(_ => "---"), raw: true);
        foreach (var row in rows) WriteRow(output, row);
    }

    /// <summary>Text in which nothing is markup.</summary>
    internal static string Escape(string text)
    {
        var result = new StringBuilder(text.Length + 8);
        foreach (var c in PlainText.Clean(text))
            _ = c switch
            {
                '&' => result.Append("&amp;"),
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),
                '@' => result.Append("&#64;"),
                '\\' or '`' or '*' or '_' or '[' or ']' or '|' or '#' or '~' or '!' => result.Append('\\').Append(c),
                _ => result.Append(c),
            };
        return result.ToString();
    }

    private static void WriteRow(TextWriter output, IEnumerable<string> cells, bool raw = false)
    {
        foreach (var cell in cells)
        {
            output.Write("| ");
            output.Write(raw ? cell : Escape(cell));
            output.Write(' ');
        }

        output.Write("|\n");
    }
}
