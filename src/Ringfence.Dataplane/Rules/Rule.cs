using System.Collections.Immutable;
using Ringfence.Engine;

namespace Ringfence.Dataplane.Rules;

/// <summary>What of a packet is looked at.</summary>
public enum PacketField
{
    /// <summary><c>ip saddr</c>; a rule with it is for IPv4 only.</summary>
    Ipv4Source,

    /// <summary><c>ip daddr</c>.</summary>
    Ipv4Destination,

    /// <summary><c>ip6 saddr</c>; a rule with it is for IPv6 only.</summary>
    Ipv6Source,

    /// <summary><c>ip6 daddr</c>.</summary>
    Ipv6Destination,

    /// <summary><c>iifname</c>, 16 bytes.</summary>
    InInterface,

    /// <summary><c>meta l4proto</c>, one byte.</summary>
    Protocol,

    /// <summary><c>th dport</c>, two bytes; comes after a match of the protocol.</summary>
    DestinationPort,

    /// <summary><c>icmpv6 type</c>, one byte; a rule with it is for ICMPv6 only.</summary>
    Icmpv6Type,
}

/// <summary>States of conntrack, as bits (<c>ct state</c>).</summary>
[Flags]
public enum CtStates : uint
{
    /// <summary>No connection can be made of the packet.</summary>
    Invalid = 1,

    /// <summary>A packet of a connection that has seen both sides.</summary>
    Established = 2,

    /// <summary>Belongs to another connection, for example an ICMP error.</summary>
    Related = 4,

    /// <summary>The first packet of a connection.</summary>
    New = 8,
}

/// <summary>What a rule decides.</summary>
public enum VerdictKind
{
    /// <summary>The packet may pass this table.</summary>
    Accept,

    /// <summary>The packet is dropped.</summary>
    Drop,

    /// <summary>Back to the chain that jumped here.</summary>
    Return,

    /// <summary>On in another chain, and back afterwards.</summary>
    Jump,

    /// <summary>On in another chain for good.</summary>
    Goto,
}

/// <summary>A part of a rule; parts are evaluated in order.</summary>
public abstract record RulePart;

/// <summary><c>ct state established,related</c>: some of the states.</summary>
/// <param name="States">The states.</param>
public sealed record MatchCtState(CtStates States) : RulePart;

/// <summary><c>ct mark and MASK != 0</c>.</summary>
/// <param name="Mask">The bits of which one must be set.</param>
public sealed record MatchCtMark(uint Mask) : RulePart;

/// <summary>A protocol of layer 4 (<c>meta l4proto</c>).</summary>
/// <param name="Number">6 TCP, 17 UDP, 132 SCTP, 58 ICMPv6.</param>
public sealed record MatchProtocol(byte Number) : RulePart;

/// <summary>Destination ports of a protocol: <c>tcp dport 80</c> or <c>udp dport 80-95</c>.</summary>
/// <param name="Protocol">The protocol's number.</param>
/// <param name="Ports">The ports.</param>
public sealed record MatchPorts(byte Protocol, PortRange Ports) : RulePart;

/// <summary>Fields, taken together, that are in a named set or not: <c>ip saddr @s</c>, <c>ip daddr . meta l4proto . th dport @s</c>.</summary>
/// <param name="Fields">The fields, as the set's kind has them.</param>
/// <param name="Set">The set's name.</param>
/// <param name="Negated">Whether they must not be in it.</param>
public sealed record MatchSet(ImmutableArray<PacketField> Fields, string Set, bool Negated = false) : RulePart
{
    /// <inheritdoc/>
    public bool Equals(MatchSet? other) =>
        other is not null && Set == other.Set && Negated == other.Negated && Fields.AsSpan().SequenceEqual(other.Fields.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Set, Negated, Fields.Length);
}

/// <summary><c>th dport @set</c> of one protocol (<c>tcp dport @set</c>).</summary>
/// <param name="Protocol">The protocol's number.</param>
/// <param name="Set">A set of kind <see cref="SetKind.Port"/>.</param>
public sealed record MatchPortSet(byte Protocol, string Set) : RulePart;

/// <summary><c>ip6 hoplimit N</c>; a rule with it is for IPv6 only.</summary>
/// <param name="Value">The hop limit, as the packet has it where the rule looks.</param>
public sealed record MatchHopLimit(byte Value) : RulePart;

/// <summary><c>ip saddr vmap @map</c>: goes where the map says; on with the next part where it says nothing.</summary>
/// <param name="Field">The field.</param>
/// <param name="Map">A verdict map.</param>
public sealed record Dispatch(PacketField Field, string Map) : RulePart;

/// <summary><c>counter name NAME</c>.</summary>
/// <param name="Counter">A named counter.</param>
public sealed record Count(string Counter) : RulePart;

/// <summary><c>limit rate N/second burst M packets</c>: the parts behind it are for so many packets.</summary>
/// <param name="PerSecond">Packets a second.</param>
/// <param name="Burst">Packets at once.</param>
public sealed record Limit(int PerSecond, int Burst) : RulePart;

/// <summary><c>log prefix "…" group N snaplen L</c>.</summary>
/// <param name="Prefix">Text, at most 127 characters.</param>
/// <param name="Group">The nflog group.</param>
/// <param name="CopyBytes">How much of the packet goes along.</param>
public sealed record Log(string Prefix, ushort Group, int CopyBytes) : RulePart;

/// <summary>The decision.</summary>
/// <param name="Kind">What is decided.</param>
/// <param name="Chain">The chain of a jump or goto; null elsewhere.</param>
public sealed record Decide(VerdictKind Kind, string? Chain = null) : RulePart;

/// <summary><c>reject with tcp reset</c>; ends the rule.</summary>
public sealed record RejectWithReset : RulePart;

/// <summary>A rule that somebody else made: it is only ever read from the kernel, and cannot be written.</summary>
/// <param name="Expressions">What the kernel says of it.</param>
public sealed record Unrecognised(string Expressions) : RulePart;

/// <summary>A rule.</summary>
/// <param name="Parts">Its parts, in the order in which they are evaluated.</param>
public sealed record Rule(ImmutableArray<RulePart> Parts)
{
    /// <summary>A rule of these parts.</summary>
    public static Rule Of(params ReadOnlySpan<RulePart> parts) => new([.. parts]);

    /// <inheritdoc/>
    public bool Equals(Rule? other) => other is not null && Parts.AsSpan().SequenceEqual(other.Parts.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Parts.Length == 0 ? 0 : HashCode.Combine(Parts.Length, Parts[0], Parts[^1]);
}

/// <summary>A chain.</summary>
/// <param name="Name">Its name, unique in the table; at most 31 characters.</param>
/// <param name="IsBase">Whether it hangs on the forward hook (priority filter, policy accept).</param>
/// <param name="Rules">Its rules in order.</param>
public sealed record Chain(string Name, bool IsBase, ImmutableArray<Rule> Rules)
{
    /// <inheritdoc/>
    public bool Equals(Chain? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Name == other.Name && IsBase == other.IsBase && Rules.AsSpan().SequenceEqual(other.Rules.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, IsBase, Rules.Length);
}
