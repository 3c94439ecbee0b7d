using System.Text;

namespace Ringfence.Cli.Output;

/// <summary>Text from the input, made fit for a terminal.</summary>
internal static class PlainText
{
    /// <summary>Replaces control characters, with which a manifest could move the cursor or forge lines.</summary>
    public static string Clean(string text) => Clean(text, kept: "");

    /// <summary>Replaces control characters except tabs and line ends, which a quoted field may hold.</summary>
    public static string CleanKeepingLines(string text) => Clean(text, kept: "\t\r\n");

    private static string Clean(string text, string kept)
    {
        if (!text.Any(IsUnsafe)) return text;
        var result = new StringBuilder(text.Length);
        foreach (var c in text) result.Append(kept.Contains(c) ? c : c == '\t' ? ' ' : IsUnsafe(c) ? '\uFFFD' : c);
        return result.ToString();
    }

    /// <summary>Cuts text into lines of at most <paramref name="width"/> characters, at spaces where there are any. An address of the web stays whole, so that it can be opened.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        width = Math.Max(width, 10);
        while (text.Length > width)
        {
            var space = text.LastIndexOf(' ', width);
            if (space <= 0 && text.AsSpan(0, width).Contains("://", StringComparison.Ordinal))
            {
                space = text.IndexOf(' ');
                if (space <= 0) break;
            }

            var cut = space > 0 ? space : width;
            yield return text[..cut];
            text = text[cut..].TrimStart();
        }

        yield return text;
    }

    /// <summary>Cuts text that is longer than <paramref name="width"/>, and shows that it did.</summary>
    public static string Shorten(string text, int width) => text.Length <= width ? text : text[..Math.Max(width - 1, 0)] + "…";

    // Bidirectional overrides reorder what follows, so that a line reads as something else.
    private static bool IsUnsafe(char c) => char.IsControl(c) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
