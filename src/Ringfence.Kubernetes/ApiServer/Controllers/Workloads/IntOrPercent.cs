using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>A number, or a part of another one: <c>3</c> or <c>"25%"</c>.</summary>
internal static class IntOrPercent
{
    /// <summary>The number that is meant.</summary>
    /// <param name="value">As written; null for none.</param>
    /// <param name="whole">What 100% are.</param>
    /// <param name="up">Whether parts are rounded up.</param>
    /// <param name="fallback">What none means, or what cannot be read.</param>
    public static int Resolve(JsonNode? value, int whole, bool up, int fallback)
    {
        if (value.Number() is { } number) return number;
        if (value.Text() is not { } text || !text.EndsWith('%')) return fallback;
        if (!int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent)) return fallback;
        var hundredths = (long)whole * percent;
        return (int)((hundredths + (up ? 99 : 0)) / 100);
    }
}
