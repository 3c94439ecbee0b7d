using System.Net;
using System.Text;

namespace Ringfence.Evidence.Report;

/// <summary>Text from the input, made fit for a page.</summary>
internal static class HtmlText
{
    /// <summary>Text that no reader takes for markup, without characters that would reorder or hide what stands beside them.</summary>
    public static string Encode(string text)
    {
        if (!text.Any(IsUnsafe)) return WebUtility.HtmlEncode(text);
        var clean = new StringBuilder(text.Length);
        foreach (var c in text) clean.Append(IsUnsafe(c) ? '\uFFFD' : c);
        return WebUtility.HtmlEncode(clean.ToString());
    }

    // Bidirectional overrides reorder what follows, so that a line reads as something else.
    private static bool IsUnsafe(char c) => char.IsControl(c) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
