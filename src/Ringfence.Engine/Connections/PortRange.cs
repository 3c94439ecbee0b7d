using System.Globalization;

namespace Ringfence.Engine;

/// <summary>A closed range of ports.</summary>
/// <param name="First">The lowest port, 1–65535.</param>
/// <param name="Last">The highest port, not below <paramref name="First"/>.</param>
public readonly record struct PortRange(int First, int Last)
{
    /// <summary>Every port.</summary>
    public static readonly PortRange All = new(1, 65535);

    /// <summary><c>80</c> or <c>80-95</c>.</summary>
    public override string ToString() => First == Last
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}
