using Ringfence.Model;

namespace Ringfence.Dataplane.Flows;

/// <summary>States of TCP as conntrack sees it (<c>enum tcp_conntrack</c>).</summary>
public enum TcpState : byte
{
    /// <summary>Not TCP, or not told.</summary>
    None,

    /// <summary>A SYN was sent.</summary>
    SynSent,

    /// <summary>The SYN was answered.</summary>
    SynReceived,

    /// <summary>Open.</summary>
    Established,

    /// <summary>One side has finished.</summary>
    FinWait,

    /// <summary>The other side has finished.</summary>
    CloseWait,

    /// <summary>Waiting for the last acknowledgement.</summary>
    LastAck,

    /// <summary>Both have finished.</summary>
    TimeWait,

    /// <summary>Reset.</summary>
    Close,

    /// <summary>Both sides sent a SYN.</summary>
    SynSentBoth,
}

/// <summary>What conntrack knows about a flow (<c>enum ip_conntrack_status</c>); other bits may be set.</summary>
[Flags]
public enum FlowStatus : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Another flow announced it.</summary>
    Expected = 1,

    /// <summary>The other side has answered.</summary>
    SeenReply = 2,

    /// <summary>Not to be forgotten early.</summary>
    Assured = 4,

    /// <summary>The first packet has left the machine.</summary>
    Confirmed = 8,

    /// <summary>The source is translated.</summary>
    SourceTranslated = 0x10,

    /// <summary>The destination is translated.</summary>
    DestinationTranslated = 0x20,
}

/// <summary>
/// A flow that the kernel tracks. The original direction is that of its first packet, before translation; a reply comes from where the packets
/// really went. All by value: reading many flows allocates nothing for each.
/// </summary>
public readonly record struct TrackedFlow
{
    /// <summary>The number of the protocol: 6 TCP, 17 UDP, 132 SCTP, 1 ICMP, 58 ICMPv6.</summary>
    public byte ProtocolNumber { get; init; }

    /// <summary>The protocol; null for one that no policy port can name.</summary>
    public Protocol? Protocol => IpProtocols.ToProtocol(ProtocolNumber);

    /// <summary>True for ICMP and ICMPv6.</summary>
    public bool IsIcmp => ProtocolNumber is IpProtocols.Icmp or IpProtocols.Icmpv6;

    /// <summary>Who began it.</summary>
    public Address Source { get; init; }

    /// <summary>Whom the source asked for, a Service's address for example.</summary>
    public Address Destination { get; init; }

    /// <summary>The source's port; of ICMP the identifier.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>The port that the source asked for; of ICMP the type (high byte) and code.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>Where answers come from: the real destination.</summary>
    public Address ReplySource { get; init; }

    /// <summary>Where answers go: the source as the destination sees it.</summary>
    public Address ReplyDestination { get; init; }

    /// <summary>The port that answers come from: the real destination's own.</summary>
    public ushort ReplySourcePort { get; init; }

    /// <summary>The port that answers go to.</summary>
    public ushort ReplyDestinationPort { get; init; }

    /// <summary>What is known about it.</summary>
    public FlowStatus Status { get; init; }

    /// <summary>Its mark (<c>ct mark</c>).</summary>
    public uint Mark { get; init; }

    /// <summary>Its state, for TCP.</summary>
    public TcpState TcpState { get; init; }

    /// <summary>Its conntrack zone; 0 unless some rule chose another.</summary>
    public ushort Zone { get; init; }

    /// <summary>Whether both sides are done with it, and only the kernel still remembers.</summary>
    public bool IsEnded => TcpState is TcpState.TimeWait or TcpState.Close;

    /// <summary><c>TCP 10.244.1.2:40000 -> 10.96.0.1:80 (10.244.2.3:8080)</c>.</summary>
    public override string ToString()
    {
        var name = IpProtocols.Name(ProtocolNumber);
        if (IsIcmp) return $"{name} {Source} -> {Destination}";
        var asked = Ends(Destination, DestinationPort);
        var real = Ends(ReplySource, ReplySourcePort);
        return $"{name} {Ends(Source, SourcePort)} -> {asked}{(real == asked ? "" : $" ({real})")}";
    }

    private static string Ends(Address address, ushort port) => address.Family == IpFamily.V6 ? $"[{address}]:{port}" : $"{address}:{port}";
}
