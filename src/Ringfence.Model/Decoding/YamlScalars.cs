using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ringfence.Model.Decoding;

/// <summary>
/// What a plain (unquoted) YAML scalar means to kubectl and the API server: YAML 1.1 with its many booleans and its octal and
/// hexadecimal numbers, as sigs.k8s.io/yaml reads it.
/// </summary>
public static class YamlScalars
{
    /// <summary>The type and value of a plain scalar; the value of a whole number is in decimal digits.</summary>
    public static (ScalarKind Kind, string Value) Resolve(string plain)
    {
        if (plain.Length == 0) return (ScalarKind.Null, "null");
        switch (plain[0])
        {
            case 'y' or 'Y' or 'n' or 'N' or 't' or 'T' or 'f' or 'F' or 'o' or 'O' or '~':
                return plain switch
                {
                    "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => (ScalarKind.Boolean, "true"),
                    "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" =>
                        (ScalarKind.Boolean, "false"),
                    "~" or "null" or "Null" or "NULL" => (ScalarKind.Null, "null"),
                    _ => (ScalarKind.Text, plain),
                };
            case (>= '0' and <= '9') or '+' or '-' or '.':
                return Number(plain);
            default:
                return (ScalarKind.Text, plain);
        }
    }

    /// <summary>A text as it is written in YAML: plain where that means the same text in any place, else in double quotes.</summary>
    public static string Write(string text) =>
        IsPlain(text) ? text : $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static bool IsPlain(string text) =>
        text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '_') && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or '-')
        && Resolve(text).Kind == ScalarKind.Text;

    private static (ScalarKind Kind, string Value) Number(string plain)
    {
        // A day is text to kubectl, not a subtraction; nor is a version such as 1.2.3 a number.
        var digits = plain.Contains('_', StringComparison.Ordinal) ? plain.Replace("_", "", StringComparison.Ordinal) : plain;
        if (WholeNumber(digits) is { } whole) return (ScalarKind.Integer, whole.ToString(CultureInfo.InvariantCulture));
        if (digits is ".nan" or ".NaN" or ".NAN" || digits.TrimStart('+', '-') is ".inf" or ".Inf" or ".INF") return (ScalarKind.Real, plain);
        if (!IsReal(digits)) return (ScalarKind.Text, plain);

        // JSON has one kind of number: kubectl sends 80.0 to the API server as 80.
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            && Math.Abs(real) < 1e15 && Math.Floor(real) == real
            ? (ScalarKind.Integer, ((long)real).ToString(CultureInfo.InvariantCulture))
            : (ScalarKind.Real, plain);
    }

    private static BigInteger? WholeNumber(string text)
    {
        if (text.Length <= 18 && text[0] != '0' && !text.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return long.Parse(text, CultureInfo.InvariantCulture);
        var negative = text[0] == '-';
        var digits = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);

        // No number of an API has more digits; beyond them it is out of every range all the same.
        if (digits.IsEmpty || digits.Length > 80) return null;
        var radix = 10;
        if (digits.Length > 1 && digits[0] == '0')
        {
            radix = digits[1] switch { 'x' or 'X' => 16, 'o' or 'O' => 8, 'b' or 'B' => 2, _ => 8 };
            digits = digits[(char.IsAsciiDigit(digits[1]) ? 1 : 2)..];
            if (digits.IsEmpty) return null;
        }

        var value = BigInteger.Zero;
        foreach (var digit in digits)
        {
            var number = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : 99;
            if (number >= radix) return null;
            value = (value * radix) + number;
        }

        return negative ? -value : value;
    }

    private static bool IsReal(ReadOnlySpan<char> text)
    {
        if (text[0] is '+' or '-') text = text[1..];
        var whole = SkipDigits(ref text);
        var fraction = 0;
        if (!text.IsEmpty && text[0] == '.')
        {
            text = text[1..];
            fraction = SkipDigits(ref text);
        }

        if (whole + fraction == 0) return false;
        if (text.IsEmpty) return true;
        if (text[0] is not ('e' or 'E')) return false;
        text = text[1..];
        if (!text.IsEmpty && (text[0] is '+' or '-')) text = text[1..];
        return SkipDigits(ref text) > 0 && text.IsEmpty;
    }

    private static int SkipDigits(ref ReadOnlySpan<char> text)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits < 0) digits = text.Length;
        text = text[digits..];
        return digits;
    }
}
