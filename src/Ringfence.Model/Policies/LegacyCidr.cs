using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ringfence.Model.Policies;

/// <summary>
/// A CIDR as the API server reads it in fields that predate strict checks: leading zeros are decimal, host bits are dropped, IPv4-mapped
/// IPv6 is IPv4. Remembers which of these liberties the text took.
/// </summary>
/// <remarks>k8s.io/utils/net ParseCIDRSloppy, and what net/netip refuses of what that accepts.</remarks>
internal sealed class LegacyCidr
{
    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly UInt128 s_mappedPrefix = (UInt128)0xffff << 32;

    private LegacyCidr(Prefix prefix, int writtenLength, bool hasLeadingZeros, bool isMapped, bool hasHostBits)
    {
        Prefix = prefix;
        WrittenLength = writtenLength;
        HasLeadingZeros = hasLeadingZeros;
        IsMapped = isMapped;
        HasHostBits = hasHostBits;
    }

    /// <summary>The block meant.</summary>
    public Prefix Prefix { get; }

    /// <summary>The length as written: up to 128 even where <see cref="Prefix"/> is IPv4, written as IPv4-mapped IPv6.</summary>
    public int WrittenLength { get; }

    /// <summary>Whether an octet, a group or the length is longer than it need be, so that a strict parser refuses it.</summary>
    public bool HasLeadingZeros { get; }

    /// <summary>Whether the address is written as IPv4-mapped IPv6.</summary>
    public bool IsMapped { get; }

    /// <summary>Whether the address has bits beyond the length.</summary>
    public bool HasHostBits { get; }

    /// <summary>
    /// Whether the API server takes <paramref name="except"/> for a strict subset of this block. It compares the lengths as written, so
    /// a block in IPv4 and one in IPv4-mapped form may give odd results.
    /// </summary>
    public bool IsStrictSuperset(LegacyCidr except) => Prefix.Contains(except.Prefix.First) && WrittenLength < except.WrittenLength;

    /// <summary>Reads <c>address/length</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out LegacyCidr? cidr)
    {
        cidr = null;
        var slash = text.IndexOf('/');
        if (slash < 0) return false;

        var address = text[..slash];
        var family = address.Contains(':') ? IpFamily.V6 : IpFamily.V4;
        var zeros = false;
        var isAddress = family == IpFamily.V4 ? TryParseV4(address, out var value, ref zeros) : TryParseV6(address, out value, ref zeros);
        if (!isAddress) return false;

        var rest = text[(slash + 1)..];
        if (!TryReadDecimal(ref rest, out var length, ref zeros) || !rest.IsEmpty || length > Address.Bits(family)) return false;

        var written = new Prefix(new Address(family, value), length);
        cidr = new LegacyCidr(
            Unmap(written),
            length,
            zeros,
            family == IpFamily.V6 && value >> 32 == 0xffff,
            written.Address.Value != value);
        return true;
    }

    // A mapped block that is too wide to fix the mapping's own bits is no longer IPv4.
    private static Prefix Unmap(Prefix prefix) =>
        prefix.Family == IpFamily.V6 && prefix.Address.Value >> 32 == 0xffff
            ? new Prefix(new Address(IpFamily.V4, prefix.Address.Value - s_mappedPrefix), prefix.Length - 96)
            : prefix;

    private static bool TryParseV4(ReadOnlySpan<char> text, out UInt128 value, ref bool zeros)
    {
        value = 0;
        for (var octet = 0; octet < 4; octet++)
        {
            if (octet > 0)
            {
                if (!text.StartsWith(".")) return false;
                text = text[1..];
            }

            if (!TryReadDecimal(ref text, out var number, ref zeros) || number > 255) return false;
            value = (value << 8) | (uint)number;
        }

        return text.IsEmpty;
    }

    private static bool TryParseV6(ReadOnlySpan<char> text, out UInt128 value, ref bool zeros)
    {
        value = 0;
        var gapAt = -1; // bits read before "::"
        var bits = 0;
        if (text.StartsWith("::"))
        {
            gapAt = 0;
            text = text[2..];
            if (text.IsEmpty) return true;
        }

        while (bits < 128)
        {
            var digits = text.IndexOfAnyExcept(s_hexDigits);
            if (digits < 0) digits = text.Length;
            if (!TryReadHex(text[..digits], out var group)) return false;

            if (digits < text.Length && text[digits] == '.')
            {
                if ((gapAt < 0 && bits != 96) || bits > 96 || !TryParseV4(text, out var tail, ref zeros)) return false;
                value = (value << 32) | tail;
                bits += 32;
                text = [];
                break;
            }

            zeros |= digits > 4;
            value = (value << 16) | (uint)group;
            bits += 16;
            text = text[digits..];
            if (text.IsEmpty) break;

            if (text[0] != ':' || text.Length == 1) return false;
            text = text[1..];
            if (text[0] != ':') continue;

            if (gapAt >= 0) return false;
            gapAt = bits;
            text = text[1..];
            if (text.IsEmpty) break;
        }

        if (!text.IsEmpty || (bits == 128) != (gapAt < 0)) return false;
        if (gapAt < 0) return true;

        var after = bits - gapAt;
        value = (value >> after << (128 - gapAt)) | (value & ((UInt128.One << after) - 1));
        return true;
    }

    // Any number of leading zeros, as long as the number stays small.
    private static bool TryReadDecimal(ref ReadOnlySpan<char> text, out int number, ref bool zeros)
    {
        number = 0;
        var digits = 0;
        for (; digits < text.Length && char.IsAsciiDigit(text[digits]); digits++)
        {
            number = (number * 10) + (text[digits] - '0');
            if (number > ushort.MaxValue) return false;
        }

        zeros |= digits > 1 && text[0] == '0';
        text = text[digits..];
        return digits > 0;
    }

    private static bool TryReadHex(ReadOnlySpan<char> digits, out int group)
    {
        var significant = digits.TrimStart('0');
        group = 0;
        return !digits.IsEmpty && significant.Length <= 4
            && (significant.IsEmpty || int.TryParse(significant, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out group));
    }
}
