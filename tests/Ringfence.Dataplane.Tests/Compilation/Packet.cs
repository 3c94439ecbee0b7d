using System.Buffers.Binary;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Rules;
using Ringfence.Model;

namespace Ringfence.Dataplane.Tests.Compilation;

/// <summary>The first packet of a flow, as a node forwards it.</summary>
/// <param name="Interface">Where it comes in.</param>
/// <param name="Source">Its source.</param>
/// <param name="Destination">Its destination, of the same family.</param>
/// <param name="Protocol">The number of its protocol.</param>
/// <param name="Port">Its destination port; 0 where the protocol has none.</param>
internal sealed record Packet(string Interface, Address Source, Address Destination, byte Protocol, int Port)
{
    public bool IsFour => Source.Family == IpFamily.V4;

    public bool HasPorts => Protocol is 6 or 17 or 132;

    /// <summary>The bytes of a field; null where the packet has no such field, so that a rule that looks at it does not match.</summary>
    public byte[]? Field(PacketField field)
    {
        switch (field)
        {
            case PacketField.Ipv4Source or PacketField.Ipv6Source:
                return IsFour == (field == PacketField.Ipv4Source) ? Source.ToIPAddress().GetAddressBytes() : null;
            case PacketField.Ipv4Destination or PacketField.Ipv6Destination:
                return IsFour == (field == PacketField.Ipv4Destination) ? Destination.ToIPAddress().GetAddressBytes() : null;
            case PacketField.InInterface:
                return Keys.Of(Interface).Write(new byte[32]).ToArray();
            case PacketField.Protocol:
                return [Protocol];
            case PacketField.DestinationPort:
                var port = new byte[2];
                BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)Port);
                return HasPorts ? port : null;
            default:
                return null;
        }
    }
}
