using Ringfence.Model;

namespace Ringfence.Lab.Names;

/// <summary>The names by which addresses are looked up.</summary>
/// <remarks>RFC 1035, section 3.5; RFC 3596, section 2.5.</remarks>
internal static class ReverseName
{
    /// <summary>The name of an address.</summary>
    public static string Of(Address address)
    {
        var bytes = address.ToIPAddress().GetAddressBytes().Reverse();
        return address.Family == IpFamily.V4
            ? $"{string.Join('.', bytes)}.in-addr.arpa"
            : $"{string.Join('.', bytes.SelectMany(value => new[] { value & 0xf, value >> 4 }).Select(digit => digit.ToString("x")))}.ip6.arpa";
    }
}
