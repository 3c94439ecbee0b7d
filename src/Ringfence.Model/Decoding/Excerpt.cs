using System.Text;

namespace Ringfence.Model.Decoding;

/// <summary>Text from the input as a message may show it: short, on one line, without control characters.</summary>
public static class Excerpt
{
    private const int Longest = 60;

    /// <summary>At most 60 characters of <paramref name="text"/>, what cannot be shown replaced.</summary>
    public static string Of(string text)
    {
        if (text.Length <= Longest && !text.AsSpan().ContainsAnyInRange('\0', '\u001f') && !text.AsSpan().ContainsAnyInRange('\u007f', '\u009f'))
            return text;
        var shown = new StringBuilder(Longest + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= Longest)
            {
                shown.Append('…');
                break;
            }

            if (rune.Value is '\n' or '\r' or '\t') shown.Append(' ');
            else if (Rune.IsControl(rune)) shown.Append('\ufffd');
            else shown.Append(rune);
        }

        return shown.ToString();
    }
}
