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
/// <remarks>The number is kept in two halves: code that has a UInt128 in its types is not compiled ahead of time.</remarks>
public readonly record struct Address : IComparable<Address>
{
    private readonly ulong _high;
    private readonly ulong _low;

    /// <summary>The address with a number.</summary>
    /// <param name="family">The family.</param>
    /// <param name="value">The address as an unsigned number, big-endian.</param>
    public Address(IpFamily family, UInt128 value)
        : this(family, (ulong)(value >> 64), (ulong)value)
    {
    }

    private Address(IpFamily family, ulong high, ulong low) => (Family, _high, _low) = (family, high, low);

    /// <summary>The family.</summary>
    public IpFamily Family { get; }

    /// <summary>The address as an unsigned number, big-endian.</summary>
    public UInt128 Value
    {
        get => new(_high, _low);
        init => (_high, _low) = ((ulong)(value >> 64), (ulong)value);
    }

    /// <summary>The lowest address of a family.</summary>
    public static Address Min(IpFamily family) => new(family, 0, 0);

    /// <summary>The highest address of a family.</summary>
    public static Address Max(IpFamily family) => family == IpFamily.V4 ? new(family, 0, uint.MaxValue) : new(family, ulong.MaxValue, ulong.MaxValue);

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
            address = new Address(IpFamily.V4, 0, value);
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
            ? new Address(IpFamily.V4, 0, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new Address(IpFamily.V6, BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    /// <summary>Converts to the base library's type.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        if (Family == IpFamily.V4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)_low);
            return new IPAddress(bytes[..4]);
        }

        BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _low);
        return new IPAddress(bytes);
    }

    /// <summary>IPv4 before IPv6, then by number.</summary>
    public int CompareTo(Address other) => Family != other.Family ? Family.CompareTo(other.Family)
        : _high != other._high ? _high.CompareTo(other._high)
        : _low.CompareTo(other._low);

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

    /// <summary>The address with the last <paramref name="bits"/> bits all 0 or all 1.</summary>
    internal Address WithLast(int bits, bool ones)
    {
        var low = bits >= 64 ? ulong.MaxValue : (1UL << bits) - 1;
        var high = bits <= 64 ? 0 : bits == 128 ? ulong.MaxValue : (1UL << (bits - 64)) - 1;
        return ones ? new Address(Family, _high | high, _low | low) : new Address(Family, _high & ~high, _low & ~low);
    }

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
