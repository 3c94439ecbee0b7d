using System.Collections.Immutable;

namespace Ringfence.Dataplane.Rules;

/// <summary>A field of a set's keys; the values are nft's own numbers of data types, which listings go by.</summary>
internal enum SetField
{
    Ipv4 = 7,
    Ipv6 = 8,
    Protocol = 12,
    Port = 13,
    Icmpv6Type = 29,
    Interface = 41,
}

/// <summary>What the keys of each kind of set are made of.</summary>
internal static class SetFields
{
    private const int BitsOfType = 6;

    public static ImmutableArray<SetField> Of(SetKind kind) => kind switch
    {
        SetKind.Ipv4 => [SetField.Ipv4],
        SetKind.Ipv6 => [SetField.Ipv6],
        SetKind.Ipv4Pair => [SetField.Ipv4, SetField.Ipv4],
        SetKind.Ipv6Pair => [SetField.Ipv6, SetField.Ipv6],
        SetKind.Ipv4Port => [SetField.Ipv4, SetField.Protocol, SetField.Port],
        SetKind.Ipv6Port => [SetField.Ipv6, SetField.Protocol, SetField.Port],
        SetKind.Interface => [SetField.Interface],
        SetKind.InterfaceIpv4 => [SetField.Interface, SetField.Ipv4],
        SetKind.InterfaceIpv6 => [SetField.Interface, SetField.Ipv6],
        SetKind.Port => [SetField.Port],
        SetKind.Icmpv6Type => [SetField.Icmpv6Type],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind of set"),
    };

    /// <summary>The number by which nft knows the type of the keys; fields of a concatenation have six bits each.</summary>
    public static uint TypeNumber(SetKind kind)
    {
        var number = 0u;
        foreach (var field in Of(kind)) number = (number << BitsOfType) | (uint)field;
        return number;
    }

    /// <summary>Bytes of a key in the kernel: fields of a concatenation are padded, a lone field is not.</summary>
    public static int KeyLength(SetKind kind)
    {
        var fields = Of(kind);
        return fields.Length == 1 ? Length(fields[0]) : fields.Sum(PaddedLength);
    }

    public static int Length(SetField field) => field switch
    {
        SetField.Ipv4 => 4,
        SetField.Port => 2,
        SetField.Protocol or SetField.Icmpv6Type => 1,
        _ => 16,
    };

    public static int PaddedLength(SetField field) => (Length(field) + 3) & ~3;

    public static string TypeName(SetField field) => field switch
    {
        SetField.Ipv4 => "ipv4_addr",
        SetField.Ipv6 => "ipv6_addr",
        SetField.Protocol => "inet_proto",
        SetField.Port => "inet_service",
        SetField.Icmpv6Type => "icmpv6_type",
        _ => "ifname",
    };
}
