using Ringfence.Dataplane.Rules;
using static Ringfence.Dataplane.Rules.PacketField;
using static Ringfence.Dataplane.Tests.Nftables.Build;

namespace Ringfence.Dataplane.Tests.Nftables;

/// <summary>Rules with every kind of set and every part of a rule, in both families, with intervals at both ends of their ranges.</summary>
internal static class EveryPart
{
    public static readonly NodeRules Rules = RulesOf(
        [
            Map("eg4", SetKind.Ipv4, (Key("10.244.0.4"), "eg_B"), (Key("10.244.0.5"), "eg_D")),
            Map("eg6", SetKind.Ipv6, (Key("fd00:244::4"), "eg_B"), (Key("fd00:244::5"), "eg_D")),
            Map("in4", SetKind.Ipv4, (Key("10.244.0.3"), "in_A")),
            Map("in6", SetKind.Ipv6, (Key("fd00:244::3"), "in_A")),
            Set("known4", SetKind.Ipv4, Key("10.244.0.2"), Key("10.244.0.3"), Key("10.244.0.4")),
            Set("known6", SetKind.Ipv6, Key("fd00:244::2"), Key("fd00:244::3")),
            Intervals("local4", SetKind.Ipv4, (Key("10.244.0.0"), Key("10.244.0.255"))),
            Intervals("local6", SetKind.Ipv6, (Key("fd00:244::"), Key("fd00:244::ffff:ffff:ffff:ffff"))),
            Set("self4", SetKind.Ipv4Pair, Key("10.244.0.3", "10.244.0.3")),
            Set("self6", SetKind.Ipv6Pair, Key("fd00:244::3", "fd00:244::3")),
            Set("own4", SetKind.InterfaceIpv4, Key("=veth1", "10.244.0.2"), Key("=veth-long-name1", "10.244.0.3")),
            Set("own6", SetKind.InterfaceIpv6, Key("=veth1", "fd00:244::2")),
            Set("veth", SetKind.Interface, Key("=veth1"), Key("=veth-long-name1")),
            Set("np4", SetKind.Ipv4Port, Key("10.244.0.3", (byte)17, 5353), Key("10.244.0.3", (byte)6, 65535), Key("10.244.0.3", (byte)132, 1)),
            Set("np6", SetKind.Ipv6Port, Key("fd00:244::3", (byte)17, 5353)),
            Set("nd", SetKind.Icmpv6Type, Key((byte)133), Key((byte)134), Key((byte)135), Key((byte)136), Key((byte)137), Key((byte)143), Key((byte)200)),
            Intervals("all4", SetKind.Ipv4, (Key("0.0.0.0"), Key("255.255.255.255"))),
            Intervals("all6", SetKind.Ipv6, (Key("::"), Key("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))),
            Intervals("ends4", SetKind.Ipv4, (Key("0.0.0.0"), Key("0.0.0.0")), (Key("10.0.0.1"), Key("10.0.1.255")), (Key("200.0.0.1"), Key("255.255.255.255"))),
            Intervals("ends6", SetKind.Ipv6, (Key("::"), Key("::ffff")), (Key("2001:db8::1"), Key("2001:db8::1")), (Key("ff00::"), Key("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))),
            Intervals("last4", SetKind.Ipv4, (Key("255.255.255.255"), Key("255.255.255.255"))),
            Intervals("ports", SetKind.Port, (Key(1), Key(1)), (Key(80), Key(80)), (Key(8000), Key(8255)), (Key(65000), Key(65535))),
            Set("fewports", SetKind.Port, Key(22), Key(65535)),
            Set("empty4", SetKind.Ipv4),
            Map("empty6", SetKind.Ipv6),
        ],
        [
            Base(
                Rule.Of(new MatchCtMark(0x8000_0000), new Count("d_revoked"), Goto("revoked")),
                Rule.Of(new MatchCtState(CtStates.Established | CtStates.Related), Accept),
                Rule.Of(In("nd", Icmpv6Type), Accept),
                Rule.Of(In("nd", Icmpv6Type), new MatchHopLimit(255), Accept),
                Rule.Of(new MatchHopLimit(1), Drop),
                Rule.Of(In("veth", InInterface), Jump("spoof")),
                Rule.Of(In("local4", Ipv4Source), NotIn("known4", Ipv4Source), new Count("d_guard"), Drop),
                Rule.Of(In("local4", Ipv4Source), NotIn("own4", InInterface, Ipv4Source), new Count("d_guard"), Drop),
                Rule.Of(In("local6", Ipv6Destination), NotIn("known6", Ipv6Destination), new Count("d_guard"), Drop),
                Rule.Of(In("self4", Ipv4Source, Ipv4Destination), Accept),
                Rule.Of(In("self6", Ipv6Source, Ipv6Destination), Accept),
                Rule.Of(new Dispatch(Ipv4Source, "eg4")),
                Rule.Of(new Dispatch(Ipv6Source, "eg6")),
                Rule.Of(new Dispatch(Ipv4Destination, "in4")),
                Rule.Of(new Dispatch(Ipv6Destination, "in6"))),
            Chain("revoked", Rule.Of(new MatchProtocol(6), new RejectWithReset()), Rule.Of(new RejectWithReset()), Rule.Of(Drop)),
            Chain(
                "spoof",
                Rule.Of(In("own4", InInterface, Ipv4Source), Return),
                Rule.Of(In("own6", InInterface, Ipv6Source), Return),
                Rule.Of(new Count("d_spoof"), Drop)),
            Chain(
                "in_A",
                Rule.Of(new MatchCtState(CtStates.Invalid), Goto("denied")),
                Rule.Of(In("ends4", Ipv4Source), Ports(6, 80, 80), Return),
                Rule.Of(In("ends6", Ipv6Source), Ports(17, 80, 95), Return),
                Rule.Of(In("all4", Ipv4Source), new MatchPortSet(6, "ports"), Return),
                Rule.Of(In("all6", Ipv6Source), new MatchPortSet(132, "fewports"), Return),
                Rule.Of(NotIn("last4", Ipv4Source), Ports(132, 1, 65535), Return),
                Rule.Of(new MatchPortSet(17, "ports"), Return),
                Rule.Of(new MatchProtocol(6), Ports(6, 443, 443), Return),
                Rule.Of(new MatchProtocol(58), Return),
                Rule.Of(new MatchProtocol(17), In("fewports", DestinationPort), Return),
                Rule.Of(Ports(6, 1, 2), In("veth", InInterface), Return),
                Rule.Of(Goto("denied"))),
            Chain(
                "eg_B",
                Rule.Of(new MatchCtState(CtStates.New), In("empty4", Ipv4Destination), Return),
                Rule.Of(In("np4", Ipv4Destination, Protocol, DestinationPort), Return),
                Rule.Of(In("np6", Ipv6Destination, Protocol, DestinationPort), Return),
                Rule.Of(NotIn("np4", Ipv4Source, Protocol, DestinationPort), Return),
                Rule.Of(new Dispatch(Ipv6Source, "empty6")),
                Rule.Of(Goto("denied"))),
            Chain("eg_D", Rule.Of(Goto("denied"))),
            Chain("nothing"),
            Chain(
                "denied",
                Rule.Of(new Count("d_denied")),
                Rule.Of(new Limit(100, 50), new Log("ringfence I 3f2a 0", NodeRules.DeniedGroup, 128)),
                Rule.Of(new Log("short", NodeRules.AllowedGroup, 64), Drop),
                Rule.Of(Drop)),
        ],
        "d_revoked", "d_guard", "d_spoof", "d_denied", "d_unused");
}
