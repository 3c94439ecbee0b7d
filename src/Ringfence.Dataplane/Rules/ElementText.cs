using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Ringfence.Dataplane.Rules;

/// <summary>Elements of sets in nft's words.</summary>
internal static class ElementText
{
    /// <summary>An element of a set: <c>10.0.0.1 . tcp . 80</c>, <c>10.0.0.0/24</c>, <c>80-95</c>, <c>10.0.0.1 : jump in_a</c>.</summary>
    public static string Of(SetKind kind, SetElement element)
    {
        var text = element.Key == element.Last ? Key(kind, element.Key) : Range(kind, element.Key, element.Last);
        return element.Chain is null ? text : $"{text} : jump {element.Chain}";
    }

    public static string Protocol(byte number) => number switch
    {
        6 => "tcp",
        17 => "udp",
        132 => "sctp",
        _ => number.ToString(CultureInfo.InvariantCulture),
    };

    private static string Key(SetKind kind, ElementKey key)
    {
        Span<byte> bytes = stackalloc byte[32];
        key.Write(bytes);
        var text = new StringBuilder();
        foreach (var field in SetFields.Of(kind))
        {
            if (text.Length > 0) text.Append(" . ");
            text.Append(Field(field, bytes));
            bytes = bytes[SetFields.PaddedLength(field)..];
        }

        return text.ToString();
    }

    private static string Field(SetField field, ReadOnlySpan<byte> bytes) => field switch
    {
        SetField.Ipv4 => new IPAddress(bytes[..4]).ToString(),
        SetField.Ipv6 => new IPAddress(bytes[..16]).ToString(),
        SetField.Protocol => Protocol(bytes[0]),
        SetField.Port => BinaryPrimitives.ReadUInt16BigEndian(bytes).ToString(CultureInfo.InvariantCulture),
        SetField.Icmpv6Type => Icmpv6Type(bytes[0]),
        _ => $"\"{Encoding.UTF8.GetString(bytes[..16].TrimEnd((byte)0))}\"",
    };

    // A range that is a prefix reads best as one, and is how nft lists it.
    private static string Range(SetKind kind, ElementKey first, ElementKey last)
    {
        if (kind is SetKind.Ipv4 or SetKind.Ipv6 && PrefixLength(first, last) is { } length)
            return string.Create(CultureInfo.InvariantCulture, $"{Key(kind, first)}/{length}");
        return $"{Key(kind, first)}-{Key(kind, last)}";
    }

    private static int? PrefixLength(ElementKey first, ElementKey last)
    {
        Span<byte> low = stackalloc byte[32], high = stackalloc byte[32];
        var bytes = first.Write(low).Length;
        last.Write(high);
        var a = BinaryPrimitives.ReadUInt128BigEndian(low) >> (128 - (bytes * 8));
        var b = BinaryPrimitives.ReadUInt128BigEndian(high) >> (128 - (bytes * 8));
        var differing = a ^ b;
        var free = (int)(128 - UInt128.LeadingZeroCount(differing));
        return (differing & (differing + 1)) == 0 && (a & differing) == 0 ? (bytes * 8) - free : null;
    }

    // nft's names (RFC 4443, RFC 4861, RFC 2710, RFC 3810).
    private static string Icmpv6Type(byte type) => type switch
    {
        130 => "mld-listener-query",
        131 => "mld-listener-report",
        132 => "mld-listener-done",
        133 => "nd-router-solicit",
        134 => "nd-router-advert",
        135 => "nd-neighbor-solicit",
        136 => "nd-neighbor-advert",
        137 => "nd-redirect",
        143 => "mld2-listener-report",
        _ => type.ToString(CultureInfo.InvariantCulture),
    };
}
