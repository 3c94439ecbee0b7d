using System.Globalization;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>Amounts of the API: a decimal number with a suffix of thousands (<c>m</c>, <c>k</c>, <c>M</c>), of 1024 (<c>Ki</c>) or an exponent.</summary>
/// <remarks>https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/</remarks>
internal static class Quantity
{
    public const string Fault = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    /// <summary>Reads an amount; what is finer than a decimal of .NET is rounded, what is larger is its largest.</summary>
    public static bool TryParse(string text, out decimal value)
    {
        value = 0;
        var end = text.AsSpan().LastIndexOfAnyInRange('0', '9');
        var dot = text.LastIndexOf('.');
        if (end < 0) return false;
        var suffix = text.AsSpan(Math.Max(end, dot) + 1);
        var number = text.AsSpan(0, Math.Max(end, dot) + 1);
        var exponent = number.IndexOfAny('e', 'E');
        if (exponent >= 0 && suffix.Length > 0) return false;
        if (exponent >= 0 && (exponent + 1 == number.Length || number[..exponent].IndexOfAnyInRange('0', '9') < 0)) return false;
        if (Factor(suffix) is not { } factor) return false;
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(number, style, CultureInfo.InvariantCulture, out var rough)) return false;
        rough *= (double)factor;
        value = Math.Abs(rough) >= 7e27 ? (rough < 0 ? decimal.MinValue : decimal.MaxValue)
            : decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? exact * factor : (decimal)rough;
        return true;
    }

    private static decimal? Factor(ReadOnlySpan<char> suffix) => suffix switch
    {
        "" => 1m,
        "n" => 1e-9m,
        "u" => 1e-6m,
        "m" => 1e-3m,
        "k" => 1e3m,
        "M" => 1e6m,
        "G" => 1e9m,
        "T" => 1e12m,
        "P" => 1e15m,
        "E" => 1e18m,
        "Ki" => 1024m,
        "Mi" => 1024m * 1024,
        "Gi" => 1024m * 1024 * 1024,
        "Ti" => 1024m * 1024 * 1024 * 1024,
        "Pi" => 1024m * 1024 * 1024 * 1024 * 1024,
        "Ei" => 1024m * 1024 * 1024 * 1024 * 1024 * 1024,
        _ => null,
    };
}
