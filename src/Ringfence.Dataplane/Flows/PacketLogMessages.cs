using System.Buffers.Binary;
using Ringfence.Dataplane.Netlink;

namespace Ringfence.Dataplane.Flows;

/// <summary>Messages of the kernel's packet log (nflog).</summary>
/// <remarks>linux/netfilter/nfnetlink_log.h.</remarks>
internal static class PacketLogMessages
{
    public const int Subsystem = 4;
    public const int Packet = 0;

    private const int Configure = 1;
    private const int Command = 1;
    private const byte CommandBind = 1;
    private const byte CommandUnbind = 2;
    private const int Mode = 2;
    private const byte ModeCopyPacket = 2;
    private const int Timeout = 4;
    private const int Threshold = 5;
    private const int Flags = 6;
    private const ushort FlagSequence = 1;

    private const int PacketMark = 2;
    private const int PacketTime = 3;
    private const int PacketInInterface = 4;
    private const int PacketOutInterface = 5;
    private const int PacketPayload = 9;
    private const int PacketPrefix = 10;
    private const int PacketSequence = 12;

    /// <summary>Takes a group over: packets are copied and numbered, and handed on together after a moment or when they are many.</summary>
    public static void Bind(NetlinkMessages messages, ushort group, int copyBytes, TimeSpan delay, int threshold)
    {
        messages.BeginNetfilter(Subsystem, Configure, NetlinkFlags.Acknowledge, family: 0, group);
        messages.Byte(Command, CommandBind);
        Span<byte> mode = stackalloc byte[6];
        BinaryPrimitives.WriteInt32BigEndian(mode, copyBytes);
        mode[4] = ModeCopyPacket;
        mode[5] = 0;
        messages.Attribute(Mode, mode);

        // In hundredths of a second.
        messages.Big32(Timeout, (uint)Math.Max(1, delay.TotalMilliseconds / 10));
        messages.Big32(Threshold, (uint)threshold);
        messages.Big16(Flags, FlagSequence);
    }

    /// <summary>Gives a group back.</summary>
    public static void Unbind(NetlinkMessages messages, ushort group)
    {
        messages.BeginNetfilter(Subsystem, Configure, NetlinkFlags.Acknowledge, family: 0, group);
        messages.Byte(Command, CommandUnbind);
    }

    /// <summary>The group that a packet was logged to.</summary>
    public static ushort GroupOf(NetlinkMessage message) =>
        message.Payload is { Length: >= 4 } payload ? BinaryPrimitives.ReadUInt16BigEndian(payload[2..]) : (ushort)0;

    /// <summary>Reads a packet.</summary>
    /// <param name="message">The message.</param>
    /// <param name="now">The time where the message has none.</param>
    /// <param name="sequence">The packet's number in its group, where it has one.</param>
    /// <returns>The packet; null where its prefix is another program's or its header cannot be read.</returns>
    public static LoggedPacket? Read(NetlinkMessage message, DateTimeOffset now, out uint? sequence)
    {
        sequence = null;
        LogPrefix? prefix = null;
        PacketHeader? header = null;
        var time = now;
        var (mark, inInterface, outInterface) = (0u, 0, 0);
        foreach (var attribute in message.NetfilterAttributes)
        {
            switch (attribute.Type)
            {
                case PacketMark when attribute.Data.Length == 4:
                    mark = attribute.Big32;
                    break;
                case PacketTime when attribute.Data.Length == 16:
                    var microseconds = (long)attribute.Big64 * 1_000_000 + BinaryPrimitives.ReadInt64BigEndian(attribute.Data[8..]);
                    time = DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
                    break;
                case PacketInInterface when attribute.Data.Length == 4:
                    inInterface = (int)attribute.Big32;
                    break;
                case PacketOutInterface when attribute.Data.Length == 4:
                    outInterface = (int)attribute.Big32;
                    break;
                case PacketPayload when PacketHeader.TryRead(attribute.Data, out var read):
                    header = read;
                    break;
                case PacketPrefix when LogPrefix.TryParse(attribute.Text, out var parsed):
                    prefix = parsed;
                    break;
                case PacketSequence when attribute.Data.Length == 4:
                    sequence = attribute.Big32;
                    break;
            }
        }

        return prefix is null || header is null
            ? null
            : new LoggedPacket(time, prefix.Value, header.Value) { InInterface = inInterface, OutInterface = outInterface, Mark = mark };
    }
}
