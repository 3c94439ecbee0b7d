using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Ringfence.Model;

/// <summary>The two IP families.</summary>
public enum IpFamily : byte
{
    /// <summary>IPv4.</summary>
    V4,

    /// <summary>IPv6.</summary>
    V6,
}

/// <summary>An IP address as a number in its family; IPv4 uses the low 32 bits. IPv4-mapped IPv6 addresses are IPv4 (as in the kernel and Go).</summary>
/// <param name="Family">The family.</param>
/// <param name="Value">The address as an unsigned number, big-endian.</param>
public readonly record struct Address(IpFamily Family, UInt128 Value) : IComparable<Address>
{
    /// <summary>The lowest address of a family.</summary>
    public static Address Min(IpFamily family) => new(family, UInt128.Zero);

    /// <summary>The highest address of a family.</summary>
    public static Address Max(IpFamily family) => new(family, family == IpFamily.V4 ? uint.MaxValue : UInt128.MaxValue);

    /// <summary>Number of bits of an address of this family: 32 or 128.</summary>
    public static int Bits(IpFamily family) => family == IpFamily.V4 ? 32 : 128;

    /// <summary>Reads an address in the usual text forms; no zone, no prefix, no leading zeros in IPv4, all four octets given.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Address address)
    {
        address = default;
        if (text.Contains('%') || text.Contains('/') || text.Contains('[')) return false;
        if (!text.Contains(':'))
        {
            if (!TryParseV4(text, out var value)) return false;
            address = new Address(IpFamily.V4, value);
            return true;
        }

        if (!IPAddress.TryParse(text, out var ip)) return false;
        address = From(ip);
        return true;
    }

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">The text is not an IP address.</exception>
    public static Address Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IP address");

    /// <summary>Converts from the base library's type.</summary>
    public static Address From(IPAddress ip)
    {
        if (ip.IsIPv4MappedToIPv6) ip = ip.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        ip.TryWriteBytes(bytes, out _);
        return ip.AddressFamily == AddressFamily.InterNetwork
            ? new Address(IpFamily.V4, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new Address(IpFamily.V6, BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>Converts to the base library's type.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        if (Family == IpFamily.V4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Value);
            return new IPAddress(bytes[..4]);
        }

        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return new IPAddress(bytes);
    }

    /// <summary>IPv4 before IPv6, then by number.</summary>
    public int CompareTo(Address other) => Family != other.Family ? Family.CompareTo(other.Family) : Value.CompareTo(other.Value);

    /// <summary>Canonical text.</summary>
    public override string ToString() => ToIPAddress().ToString();

    /// <summary>Whether <paramref name="left"/> comes first.</summary>
    public static bool operator <(Address left, Address right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes last.</summary>
    public static bool operator >(Address left, Address right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not come last.</summary>
    public static bool operator <=(Address left, Address right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not come first.</summary>
    public static bool operator >=(Address left, Address right) => left.CompareTo(right) >= 0;

    private static bool TryParseV4(ReadOnlySpan<char> text, out uint value)
    {
        value = 0;
        var octets = 0;
        var i = 0;
        while (true)
        {
            var start = i;
            var octet = 0;
            while (i < text.Length && char.IsAsciiDigit(text[i]) && i - start < 3) octet = (octet * 10) + (text[i++] - '0');
            if (i == start || octet > 255 || (i - start > 1 && text[start] == '0')) return false;
            value = (value << 8) | (uint)octet;
            if (++octets == 4) return i == text.Length;
            if (i >= text.Length || text[i++] != '.') return false;
        }
    }
}
