using System.Buffers;
using System.Globalization;

namespace Ringfence.Lab.Agnhost;

/// <summary>Durations as Go writes them: <c>3s</c>, <c>1m30s</c>, <c>1.5h</c>, <c>250ms</c>, <c>0</c>.</summary>
/// <remarks>https://pkg.go.dev/time#ParseDuration</remarks>
internal static class GoDuration
{
    private static readonly SearchValues<char> Numerals = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Seconds)[] Units = [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("μs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>Reads one; null where it is none. What is longer than a day counts as a day.</summary>
    public static TimeSpan? Parse(string text)
    {
        var rest = text.AsSpan();
        var sign = rest.StartsWith("-") ? -1 : 1;
        if (rest.StartsWith("-") || rest.StartsWith("+")) rest = rest[1..];
        if (rest is "0") return TimeSpan.Zero;
        if (rest.IsEmpty) return null;
        var seconds = 0.0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits >= 0 && rest[digits] == '.') digits = rest[(digits + 1)..].IndexOfAnyExceptInRange('0', '9') is >= 0 and var more ? digits + 1 + more : -1;
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
            rest = rest[digits..];
            var end = rest.IndexOfAny(Numerals);
            var unit = (end < 0 ? rest : rest[..end]).ToString();
            var known = Array.Find(Units, item => item.Unit == unit);
            if (known.Unit is null) return null;
            seconds += number * known.Seconds;
            rest = rest[unit.Length..];
        }

        return TimeSpan.FromSeconds(sign * Math.Min(seconds, TimeSpan.SecondsPerDay));
    }
}
