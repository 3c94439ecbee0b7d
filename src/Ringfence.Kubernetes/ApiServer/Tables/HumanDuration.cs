using System.Globalization;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>Times as kubectl shows them: how long ago, in two units at most.</summary>
/// <remarks>HumanDuration in staging/src/k8s.io/apimachinery/pkg/util/duration</remarks>
internal static class HumanDuration
{
    /// <summary>A length of time, such as <c>5m30s</c>, <c>3d4h</c>, <c>2y10d</c>.</summary>
    public static string Of(TimeSpan duration)
    {
        // Clocks may be a little apart.
        if (duration < TimeSpan.FromSeconds(-1)) return "<invalid>";
        if (duration < TimeSpan.Zero) return "0s";
        var (seconds, minutes, hours) = ((long)duration.TotalSeconds, (long)duration.TotalMinutes, (long)duration.TotalHours);
        return seconds < 2 * 60 ? $"{seconds}s"
            : minutes < 10 ? Two(minutes, "m", seconds % 60, "s")
            : minutes < 3 * 60 ? $"{minutes}m"
            : hours < 8 ? Two(hours, "h", minutes % 60, "m")
            : hours < 48 ? $"{hours}h"
            : hours < 8 * 24 ? Two(hours / 24, "d", hours % 24, "h")
            : hours < 2 * 365 * 24 ? $"{hours / 24}d"
            : hours < 8 * 365 * 24 ? Two(hours / 24 / 365, "y", hours / 24 % 365, "d")
            : $"{hours / 24 / 365}y";
    }

    /// <summary>How long ago a time was; <c>&lt;unknown&gt;</c> where it is not told.</summary>
    public static string Since(JsonField time, DateTimeOffset now) => TimeOf(time) is { } then ? Of(now - then) : "<unknown>";

    /// <summary>A time; null where it is not told.</summary>
    public static DateTimeOffset? TimeOf(JsonField time) =>
        DateTimeOffset.TryParse(time.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var found) ? found : null;

    private static string Two(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";
}
