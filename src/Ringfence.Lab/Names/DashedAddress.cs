using Ringfence.Model;

namespace Ringfence.Lab.Names;

/// <summary>Addresses as labels of names: <c>10-244-1-5</c>, <c>fd00-10-244--5</c>.</summary>
internal static class DashedAddress
{
    private const int DashesOfV4 = 3;

    /// <summary>The label of an address.</summary>
    public static string Of(Address address) => address.ToString().Replace(address.Family == IpFamily.V4 ? '.' : ':', '-');

    /// <summary>Reads a label.</summary>
    public static bool TryParse(string label, out Address address)
    {
        var isV4 = label.Count(letter => letter == '-') == DashesOfV4 && !label.Contains("--", StringComparison.Ordinal);
        return Address.TryParse(label.Replace('-', isV4 ? '.' : ':'), out address);
    }
}
