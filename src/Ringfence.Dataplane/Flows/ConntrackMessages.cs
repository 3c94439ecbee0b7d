using System.Buffers.Binary;
using Ringfence.Dataplane.Netlink;
using Ringfence.Model;

namespace Ringfence.Dataplane.Flows;

/// <summary>Conntrack's messages: what is asked, and a flow as the kernel writes it.</summary>
/// <remarks>linux/netfilter/nfnetlink_conntrack.h; the names are the header's, without their prefixes.</remarks>
internal static class ConntrackMessages
{
    public const int Subsystem = 1;

    private const byte InternetV4 = 2;
    private const byte InternetV6 = 10;

    private const int New = 0;
    private const int Get = 1;
    private const int GetStatistics = 5;

    private const int TupleOriginal = 1;
    private const int TupleReply = 2;
    private const int Status = 3;
    private const int ProtocolInfo = 4;
    private const int Mark = 8;
    private const int Zone = 18;
    private const int MarkMask = 21;
    private const int Filter = 25;
    private const int StatisticsEntries = 1;

    private const int TupleIp = 1;
    private const int TupleProtocol = 2;
    private const int IpV4Source = 1;
    private const int IpV4Destination = 2;
    private const int IpV6Source = 3;
    private const int IpV6Destination = 4;
    private const int ProtocolNumber = 1;
    private const int SourcePort = 2;
    private const int DestinationPort = 3;
    private const int IcmpId = 4;
    private const int IcmpType = 5;
    private const int IcmpCode = 6;
    private const int Icmpv6Id = 7;
    private const int Icmpv6Type = 8;
    private const int Icmpv6Code = 9;
    private const int ProtocolInfoTcp = 1;
    private const int TcpStateAttribute = 1;
    private const int FilterOriginal = 1;
    private const int FilterReply = 2;
    private const uint FilterIpSource = 1;

    /// <summary>Asks for every flow of a family, or of both.</summary>
    public static void Dump(NetlinkMessages messages, IpFamily? family) =>
        messages.BeginNetfilter(Subsystem, Get, NetlinkFlags.Dump, family is { } one ? FamilyOf(one) : (byte)0);

    /// <summary>Asks for the flows that begin at an IPv4 address, or whose answers come from it. Kernels before 5.8 answer with every flow.</summary>
    public static void DumpFrom(NetlinkMessages messages, Address address, bool reply)
    {
        messages.BeginNetfilter(Subsystem, Get, NetlinkFlags.Dump, FamilyOf(address.Family));
        var tuple = messages.Nest(reply ? TupleReply : TupleOriginal);
        var ip = messages.Nest(TupleIp);
        WriteAddress(messages, IpV4Source, address);
        messages.End(ip);
        messages.End(tuple);
        var filter = messages.Nest(Filter);
        messages.Host32(FilterOriginal, reply ? 0 : FilterIpSource);
        messages.Host32(FilterReply, reply ? FilterIpSource : 0);
        messages.End(filter);
    }

    /// <summary>Asks how many flows there are.</summary>
    public static void Count(NetlinkMessages messages) => messages.BeginNetfilter(Subsystem, GetStatistics, NetlinkFlags.None, family: 0);

    /// <summary>The number of flows in an answer; -1 where it does not tell.</summary>
    public static int ReadCount(NetlinkMessage message) =>
        message.NetfilterAttributes.Find(StatisticsEntries) is { Length: 4 } data ? BinaryPrimitives.ReadInt32BigEndian(data) : -1;

    /// <summary>Changes bits of a flow's mark. Refused with ENOENT where the flow is gone.</summary>
    public static void ChangeMark(NetlinkMessages messages, in TrackedFlow flow, uint mask, uint value)
    {
        var v4 = flow.Source.Family == IpFamily.V4;
        messages.BeginNetfilter(Subsystem, New, NetlinkFlags.None, FamilyOf(flow.Source.Family));
        var tuple = messages.Nest(TupleOriginal);
        var ip = messages.Nest(TupleIp);
        WriteAddress(messages, v4 ? IpV4Source : IpV6Source, flow.Source);
        WriteAddress(messages, v4 ? IpV4Destination : IpV6Destination, flow.Destination);
        messages.End(ip);
        var protocol = messages.Nest(TupleProtocol);
        messages.Byte(ProtocolNumber, flow.ProtocolNumber);
        if (flow.IsIcmp)
        {
            var version4 = flow.ProtocolNumber == IpProtocols.Icmp;
            messages.Big16(version4 ? IcmpId : Icmpv6Id, flow.SourcePort);
            messages.Byte(version4 ? IcmpType : Icmpv6Type, (byte)(flow.DestinationPort >> 8));
            messages.Byte(version4 ? IcmpCode : Icmpv6Code, (byte)flow.DestinationPort);
        }
        else if (IpProtocols.HasPorts(flow.ProtocolNumber) || flow.ProtocolNumber == IpProtocols.Gre)
        {
            messages.Big16(SourcePort, flow.SourcePort);
            messages.Big16(DestinationPort, flow.DestinationPort);
        }

        messages.End(protocol);
        messages.End(tuple);
        if (flow.Zone != 0) messages.Big16(Zone, flow.Zone);
        messages.Big32(Mark, value);
        messages.Big32(MarkMask, mask);
    }

    /// <summary>Reads a flow.</summary>
    public static TrackedFlow Read(NetlinkMessage message)
    {
        Tuple original = default;
        Tuple reply = default;
        var status = 0u;
        var mark = 0u;
        ushort zone = 0;
        var state = TcpState.None;
        foreach (var attribute in message.NetfilterAttributes)
        {
            switch (attribute.Type)
            {
                case TupleOriginal:
                    original = ReadTuple(attribute.Nested);
                    break;
                case TupleReply:
                    reply = ReadTuple(attribute.Nested);
                    break;
                case Status:
                    status = attribute.Big32;
                    break;
                case Mark:
                    mark = attribute.Big32;
                    break;
                case Zone:
                    zone = attribute.Big16;
                    break;
                case ProtocolInfo:
                    var tcp = new NetlinkAttributes(attribute.Nested.Find(ProtocolInfoTcp));
                    if (tcp.Find(TcpStateAttribute) is [var value, ..]) state = (TcpState)value;
                    break;
            }
        }

        return new TrackedFlow
        {
            ProtocolNumber = original.Protocol,
            Source = original.Source,
            Destination = original.Destination,
            SourcePort = original.SourcePort,
            DestinationPort = original.DestinationPort,
            ReplySource = reply.Source,
            ReplyDestination = reply.Destination,
            ReplySourcePort = reply.SourcePort,
            ReplyDestinationPort = reply.DestinationPort,
            Status = (FlowStatus)status,
            Mark = mark,
            TcpState = state,
            Zone = zone,
        };
    }

    private static Tuple ReadTuple(NetlinkAttributes attributes)
    {
        Tuple tuple = default;
        foreach (var part in attributes)
        {
            if (part.Type == TupleIp)
            {
                foreach (var ip in part.Nested)
                {
                    if (ip.Type is IpV4Source or IpV6Source) tuple.Source = ReadAddress(ip.Data);
                    else if (ip.Type is IpV4Destination or IpV6Destination) tuple.Destination = ReadAddress(ip.Data);
                }
            }
            else if (part.Type == TupleProtocol)
            {
                foreach (var field in part.Nested)
                {
                    switch (field.Type)
                    {
                        case ProtocolNumber:
                            tuple.Protocol = field.Data[0];
                            break;
                        case SourcePort or IcmpId or Icmpv6Id:
                            tuple.SourcePort = field.Big16;
                            break;
                        case DestinationPort:
                            tuple.DestinationPort = field.Big16;
                            break;
                        case IcmpType or Icmpv6Type:
                            tuple.DestinationPort |= (ushort)(field.Data[0] << 8);
                            break;
                        case IcmpCode or Icmpv6Code:
                            tuple.DestinationPort |= field.Data[0];
                            break;
                    }
                }
            }
        }

        return tuple;
    }

    private static byte FamilyOf(IpFamily family) => family == IpFamily.V4 ? InternetV4 : InternetV6;

    private static void WriteAddress(NetlinkMessages messages, int type, Address address)
    {
        Span<byte> data = stackalloc byte[16];
        messages.Attribute(type, AddressBytes.Write(address, data));
    }

    private static Address ReadAddress(ReadOnlySpan<byte> data) => AddressBytes.Read(data);

    private struct Tuple
    {
        public byte Protocol;
        public Address Source;
        public Address Destination;
        public ushort SourcePort;
        public ushort DestinationPort;
    }
}
