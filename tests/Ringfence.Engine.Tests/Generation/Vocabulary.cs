using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Generation;

/// <summary>Few words, so that everything collides: labels, selectors, ports, addresses and blocks of random clusters.</summary>
internal static class Vocabulary
{
    public static readonly ImmutableArray<string> Namespaces = ["a", "b", "c", "d"];
    public static readonly ImmutableArray<string> ManyNamespaces = [.. Namespaces, .. Enumerable.Range(1, 20).Select(number => $"t{number}")];
    public static readonly ImmutableArray<string> Nodes = ["n1", "n2", "n3"];
    public static readonly ImmutableArray<string> Keys = ["k", "l", "m"];
    public static readonly ImmutableArray<string> Values = ["", "1", "2"];
    public static readonly ImmutableArray<string> PortNames = ["web", "dns", "x"];
    public static readonly ImmutableArray<int> Ports = [1, 53, 79, 80, 81, 82, 90, 8080, 65534, 65535];
    public static readonly ImmutableArray<Protocol> Protocols = [Protocol.Tcp, Protocol.Udp, Protocol.Sctp];

    private static readonly ImmutableArray<Prefix> PodRanges = [Prefix.Parse("10.0.0.0/28"), Prefix.Parse("fd00::/124")];
    private static readonly ImmutableArray<Prefix> NodeRanges = [Prefix.Parse("10.0.1.0/30"), Prefix.Parse("fd00:1::/126")];

    private static readonly ImmutableArray<string> WellKnownBlocks =
    [
        "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "10.0.0.0/28", "10.0.0.0/29", "10.0.0.8/29", "10.0.1.0/24", "0.0.0.0/32",
        "255.255.255.255/32", "192.0.2.0/24", "::/0", "8000::/1", "fd00::/16", "fd00::/124", "fd00::8/125", "fd00:1::/64", "::1/128",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
    ];

    public static LabelSet Labels(Dice dice) =>
        LabelSet.Create(Keys.Where(_ => dice.Percent(45)).Select(key => KeyValuePair.Create(key, dice.Pick<string>(Values))).ToList());

    public static LabelSelector PodSelector(Dice dice) =>
        dice.Percent(25) ? LabelSelector.Everything : new([.. Dice.Times(1 + dice.UpTo(1), () => Require(dice, dice.Pick<string>(Keys), Values))]);

    public static LabelSelector NamespaceSelector(Dice dice) =>
        dice.Percent(25) ? LabelSelector.Everything
        : dice.Percent(40) ? new([Require(dice, Namespace.NameLabel, Namespaces)])
        : new([.. Dice.Times(1 + dice.UpTo(1), () => dice.Percent(20)
            ? Require(dice, Namespace.NameLabel, Namespaces)
            : Require(dice, dice.Pick<string>(Keys), Values))]);

    public static ContainerPort ContainerPort(Dice dice) =>
        new(dice.Percent(80) ? dice.Pick<string>(PortNames) : null, dice.Pick<int>(Ports), dice.Pick<Protocol>(Protocols));

    public static PolicyPort PolicyPort(Dice dice)
    {
        var protocol = dice.Pick<Protocol>(Protocols);
        if (dice.Percent(15)) return new(protocol, null, 0, 0, default);
        if (dice.Percent(30)) return new(protocol, dice.Pick<string>([.. PortNames, "nobody"]), 0, 0, default);
        var first = dice.Pick<int>(Ports);
        var last = dice.Percent(50) ? first : Math.Max(first, dice.Pick<int>(Ports));
        return new(protocol, null, first, last, default);
    }

    public static Address PodAddress(Dice dice, IpFamily family) => Inside(dice, PodRanges[(int)family]);

    public static Address NodeAddress(Dice dice, IpFamily family) => Inside(dice, NodeRanges[(int)family]);

    public static ImmutableArray<Address> Addresses(Dice dice, Func<Dice, IpFamily, Address> make) => dice.UpTo(9) switch
    {
        < 5 => [make(dice, IpFamily.V4)],
        < 7 => [make(dice, IpFamily.V6)],
        7 => [make(dice, IpFamily.V6), make(dice, IpFamily.V4)],
        _ => [make(dice, IpFamily.V4), make(dice, IpFamily.V6)],
    };

    public static IpBlock Block(Dice dice)
    {
        var cidr = dice.Percent(55) ? Prefix.Parse(dice.Pick<string>(WellKnownBlocks)) : Shortened(dice, SomeAddress(dice));
        if (cidr.Length == Address.Bits(cidr.Family) || dice.Percent(50)) return new(cidr, []);
        return new(cidr, [.. Dice.Times(1 + dice.UpTo(2), () => Within(dice, cidr))]);
    }

    private static Requirement Require(Dice dice, string key, ImmutableArray<string> values)
    {
        var @operator = dice.Pick(SelectorOperator.In, SelectorOperator.In, SelectorOperator.NotIn, SelectorOperator.Exists, SelectorOperator.DoesNotExist);
        return new(key, @operator, @operator is SelectorOperator.In or SelectorOperator.NotIn ? [.. Dice.Times(1 + dice.UpTo(1), () => dice.Pick<string>(values))] : []);
    }

    private static Address SomeAddress(Dice dice)
    {
        var family = dice.Percent(65) ? IpFamily.V4 : IpFamily.V6;
        return dice.Percent(70) ? PodAddress(dice, family) : NodeAddress(dice, family);
    }

    private static Prefix Shortened(Dice dice, Address address) => new(address, Address.Bits(address.Family) - dice.Pick(0, 0, 0, 1, 2, 3, 4, 8));

    /// <summary>A strict subset: around an address that matters where the block holds one, at an edge, or anywhere.</summary>
    private static Prefix Within(Dice dice, Prefix cidr)
    {
        var bits = Address.Bits(cidr.Family);
        var address = dice.UpTo(3) switch
        {
            0 => cidr.First,
            1 => cidr.Last,
            2 => Inside(dice, cidr),
            _ => SomeAddress(dice) is var some && cidr.Contains(some) ? some : Inside(dice, cidr),
        };
        var longer = dice.Percent(50) ? bits : cidr.Length + 1 + dice.UpTo(bits - cidr.Length - 1);
        return new(address, longer);
    }

    private static Address Inside(Dice dice, Prefix cidr) =>
        new(cidr.Family, cidr.First.Value | dice.Bits(Address.Bits(cidr.Family) - cidr.Length));
}
