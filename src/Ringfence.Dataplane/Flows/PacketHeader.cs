using System.Buffers.Binary;
using Ringfence.Model;

namespace Ringfence.Dataplane.Flows;

/// <summary>What the beginning of a packet tells. Ports are 0 where the packet has none, or was cut before them.</summary>
/// <param name="Source">The source.</param>
/// <param name="Destination">The destination.</param>
/// <param name="ProtocolNumber">The protocol above IP, beyond extension headers: 6 TCP, 17 UDP, 132 SCTP, 1 ICMP, 58 ICMPv6.</param>
public readonly record struct PacketHeader(Address Source, Address Destination, byte ProtocolNumber)
{
    private const byte HopByHop = 0;
    private const byte Routing = 43;
    private const byte Fragment = 44;
    private const byte Authentication = 51;
    private const byte DestinationOptions = 60;
    private const byte Mobility = 135;
    private const byte HostIdentity = 139;
    private const byte Shim = 140;
    private const int V4Length = 20;
    private const int V6Length = 40;

    /// <summary>The protocol; null for one that no policy port can name.</summary>
    public Protocol? Protocol => IpProtocols.ToProtocol(ProtocolNumber);

    /// <summary>The source's port.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>The destination's port.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>The type of an ICMP message; null for other protocols.</summary>
    public byte? IcmpType { get; init; }

    /// <summary>The code of an ICMP message; null for other protocols.</summary>
    public byte? IcmpCode { get; init; }

    /// <summary>Whether it is a later part of a packet in fragments: ports are in the first.</summary>
    public bool IsLaterFragment { get; init; }

    /// <summary>Reads the beginning of a packet, however short or broken.</summary>
    /// <returns>False where not even the addresses are there.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, out PacketHeader header)
    {
        header = default;
        if (packet.IsEmpty) return false;
        return (packet[0] >> 4) switch
        {
            4 => TryReadV4(packet, out header),
            6 => TryReadV6(packet, out header),
            _ => false,
        };
    }

    private static bool TryReadV4(ReadOnlySpan<byte> packet, out PacketHeader header)
    {
        header = default;
        var length = (packet[0] & 15) * 4;
        if (packet.Length < V4Length || length < V4Length) return false;
        header = new PacketHeader(AddressBytes.Read(packet[12..16]), AddressBytes.Read(packet[16..20]), packet[9])
        {
            IsLaterFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x1fff) != 0,
        };
        header = header.WithPorts(packet.Length > length ? packet[length..] : default);
        return true;
    }

    private static bool TryReadV6(ReadOnlySpan<byte> packet, out PacketHeader header)
    {
        header = default;
        if (packet.Length < V6Length) return false;
        var protocol = packet[6];
        var rest = packet[V6Length..];
        var isLater = false;

        // Every turn takes at least eight bytes.
        while (!isLater && rest.Length >= 8 && ExtensionLength(protocol, rest) is var length and > 0)
        {
            if (protocol == Fragment) isLater = (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) & 0xfff8) != 0;
            protocol = rest[0];
            rest = length < rest.Length ? rest[length..] : default;
        }

        header = new PacketHeader(AddressBytes.Read(packet[8..24]), AddressBytes.Read(packet[24..40]), protocol) { IsLaterFragment = isLater };
        header = header.WithPorts(rest);
        return true;
    }

    /// <summary>The length of an IPv6 extension header (RFC 8200, RFC 4302); 0 for what is none.</summary>
    private static int ExtensionLength(byte protocol, ReadOnlySpan<byte> data) => protocol switch
    {
        HopByHop or Routing or DestinationOptions or Mobility or HostIdentity or Shim => (data[1] + 1) * 8,
        Authentication => Math.Max((data[1] + 2) * 4, 8),
        Fragment => 8,
        _ => 0,
    };

    private PacketHeader WithPorts(ReadOnlySpan<byte> data)
    {
        if (IsLaterFragment) return this;
        if (ProtocolNumber is IpProtocols.Icmp or IpProtocols.Icmpv6)
            return data.Length >= 2 ? this with { IcmpType = data[0], IcmpCode = data[1] } : this;
        if (!IpProtocols.HasPorts(ProtocolNumber) || data.Length < 4) return this;
        return this with { SourcePort = BinaryPrimitives.ReadUInt16BigEndian(data), DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(data[2..]) };
    }
}
