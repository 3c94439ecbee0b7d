using Ringfence.Model;

namespace Ringfence.Dataplane.Flows;

/// <summary>Names of the protocols above IP.</summary>
/// <remarks>https://www.iana.org/assignments/protocol-numbers</remarks>
internal static class IpProtocols
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Dccp = 33;
    public const byte Gre = 47;
    public const byte Icmpv6 = 58;
    public const byte Sctp = 132;
    public const byte UdpLite = 136;

    /// <summary>Kubernetes' spelling where it has one, else the usual name, else <c>IP 89</c>.</summary>
    public static string Name(byte number) => number switch
    {
        Tcp => "TCP",
        Udp => "UDP",
        Sctp => "SCTP",
        Icmp => "ICMP",
        Icmpv6 => "ICMPv6",
        Dccp => "DCCP",
        Gre => "GRE",
        UdpLite => "UDP-Lite",
        _ => $"IP {number}",
    };

    /// <summary>The protocol as policy ports name it; null for another.</summary>
    public static Protocol? ToProtocol(byte number) => number switch
    {
        Tcp => Protocol.Tcp,
        Udp => Protocol.Udp,
        Sctp => Protocol.Sctp,
        _ => null,
    };

    /// <summary>Whether headers begin with a source and a destination port.</summary>
    public static bool HasPorts(byte number) => number is Tcp or Udp or Sctp or Dccp or UdpLite;
}
