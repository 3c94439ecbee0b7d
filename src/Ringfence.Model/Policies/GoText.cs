using System.Globalization;
using System.Text;

namespace Ringfence.Model.Policies;

/// <summary>
/// Values as the API server, a Go program, writes them into its errors: plain strings as Go literals (<c>%q</c>), strings of a named type
/// (protocol, operator, policy type) and lists as JSON.
/// </summary>
internal static class GoText
{
    /// <summary>A Go string literal: what cannot be printed is escaped, everything else stays.</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var rune in value.EnumerateRunes())
            switch (rune.Value)
            {
                case '"' or '\\': text.Append('\\').Append((char)rune.Value); break;
                case '\a': text.Append(@"\a"); break;
                case '\b': text.Append(@"\b"); break;
                case '\f': text.Append(@"\f"); break;
                case '\n': text.Append(@"\n"); break;
                case '\r': text.Append(@"\r"); break;
                case '\t': text.Append(@"\t"); break;
                case '\v': text.Append(@"\v"); break;
                case < ' ' or 0x7f: text.Append(CultureInfo.InvariantCulture, $@"\x{rune.Value:x2}"); break;
                case ' ': text.Append(' '); break;
                default:
                    if (IsPrintable(rune)) text.Append(rune);
                    else if (rune.IsBmp) text.Append(CultureInfo.InvariantCulture, $@"\u{rune.Value:x4}");
                    else text.Append(CultureInfo.InvariantCulture, $@"\U{rune.Value:x8}");
                    break;
            }

        return text.Append('"').ToString();
    }

    /// <summary>A JSON string; <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c> and the two line separators are escaped, as Go does.</summary>
    public static string Json(string value)
    {
        var text = new StringBuilder(value.Length + 2);
        AppendJson(text, value);
        return text.ToString();
    }

    /// <summary>A JSON list of strings, without spaces.</summary>
    public static string Json(IReadOnlyList<string> values)
    {
        var text = new StringBuilder().Append('[');
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0) text.Append(',');
            AppendJson(text, values[i]);
        }

        return text.Append(']').ToString();
    }

    private static void AppendJson(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var rune in value.EnumerateRunes())
            switch (rune.Value)
            {
                case '"' or '\\': text.Append('\\').Append((char)rune.Value); break;
                case '\b': text.Append(@"\b"); break;
                case '\f': text.Append(@"\f"); break;
                case '\n': text.Append(@"\n"); break;
                case '\r': text.Append(@"\r"); break;
                case '\t': text.Append(@"\t"); break;
                case < ' ' or '<' or '>' or '&' or 0x2028 or 0x2029:
                    text.Append(CultureInfo.InvariantCulture, $@"\u{rune.Value:x4}");
                    break;
                default: text.Append(rune); break;
            }

        text.Append('"');
    }

    // Go's unicode.IsPrint: letters, marks, numbers, punctuation and symbols; of the spaces only U+0020.
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator);
}
