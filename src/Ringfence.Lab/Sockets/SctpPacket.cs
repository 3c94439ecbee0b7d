using System.Buffers.Binary;
using System.Numerics;

namespace Ringfence.Lab.Sockets;

/// <summary>The chunks of SCTP in use here.</summary>
/// <remarks>RFC 9260, section 3.2.</remarks>
internal enum SctpChunk : byte
{
    /// <summary>Opens an association.</summary>
    Init = 1,

    /// <summary>Agrees to open one.</summary>
    InitAck = 2,

    /// <summary>Ends or refuses one.</summary>
    Abort = 6,
}

/// <summary>As much of SCTP as the first two packets of an association need.</summary>
/// <param name="SourcePort">The sender's port.</param>
/// <param name="DestinationPort">The receiver's port.</param>
/// <param name="Tag">The verification tag: what the receiver asked for; 0 in an INIT.</param>
/// <param name="Chunk">The first chunk.</param>
/// <param name="InitiateTag">The tag that the sender of an INIT or INIT ACK asks for; 0 in others.</param>
/// <remarks>RFC 9260, sections 3.1, 3.3.2, 3.3.3 and 3.3.7.</remarks>
internal readonly record struct SctpPacket(ushort SourcePort, ushort DestinationPort, uint Tag, SctpChunk Chunk, uint InitiateTag)
{
    /// <summary>The protocol's number.</summary>
    public const int ProtocolNumber = 132;

    private const int Header = 12;
    private const int ChunkHeader = 4;
    private const int InitBody = 16;

    private const ushort StateCookie = 7;
    private const int ParameterHeader = 4;
    private const uint Window = 65536;

    /// <summary>The state cookie that an INIT ACK must have; empty in others. Nobody goes on to echo it here, so it can say who answers.</summary>
    public ReadOnlyMemory<byte> Cookie { get; init; }

    /// <summary>Reads a packet whose checksum is right; null for anything else.</summary>
    /// <param name="bytes">The packet from the SCTP header on.</param>
    public static SctpPacket? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Header + ChunkHeader || BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) != Checksum(bytes)) return null;
        var chunk = (SctpChunk)bytes[Header];
        var opens = chunk is SctpChunk.Init or SctpChunk.InitAck;
        if (opens && bytes.Length < Header + ChunkHeader + InitBody) return null;
        return new SctpPacket(
            BinaryPrimitives.ReadUInt16BigEndian(bytes),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            chunk,
            opens ? BinaryPrimitives.ReadUInt32BigEndian(bytes[(Header + ChunkHeader)..]) : 0)
        {
            Cookie = chunk == SctpChunk.InitAck ? ReadCookie(bytes[(Header + ChunkHeader + InitBody)..]) : default,
        };
    }

    /// <summary>Writes the packet with its checksum.</summary>
    public byte[] Write()
    {
        var body = Chunk switch
        {
            SctpChunk.Init => InitBody,
            SctpChunk.InitAck => InitBody + ParameterHeader + Cookie.Length,
            _ => 0,
        };
        var bytes = new byte[Header + ChunkHeader + Padded(body)];
        var span = bytes.AsSpan();
        BinaryPrimitives.WriteUInt16BigEndian(span, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(span[2..], DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(span[4..], Tag);
        span[Header] = (byte)Chunk;
        BinaryPrimitives.WriteUInt16BigEndian(span[(Header + 2)..], (ushort)(ChunkHeader + body));
        if (body > 0)
        {
            var init = span[(Header + ChunkHeader)..];
            BinaryPrimitives.WriteUInt32BigEndian(init, InitiateTag);
            BinaryPrimitives.WriteUInt32BigEndian(init[4..], Window);
            BinaryPrimitives.WriteUInt16BigEndian(init[8..], 1);
            BinaryPrimitives.WriteUInt16BigEndian(init[10..], 1);
            BinaryPrimitives.WriteUInt32BigEndian(init[12..], InitiateTag);
        }

        if (Chunk == SctpChunk.InitAck)
        {
            var cookie = span[(Header + ChunkHeader + InitBody)..];
            BinaryPrimitives.WriteUInt16BigEndian(cookie, StateCookie);
            BinaryPrimitives.WriteUInt16BigEndian(cookie[2..], (ushort)(ParameterHeader + Cookie.Length));
            Cookie.Span.CopyTo(cookie[ParameterHeader..]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(span[8..], Checksum(bytes));
        return bytes;
    }

    /// <summary>The packet without the IPv4 header that raw sockets of that family deliver.</summary>
    public static ReadOnlySpan<byte> AfterIpHeader(ReadOnlySpan<byte> bytes, bool v4)
    {
        if (!v4) return bytes;
        var header = bytes.IsEmpty ? 0 : (bytes[0] & 0xf) * 4;
        return header > bytes.Length ? [] : bytes[header..];
    }

    private static ReadOnlyMemory<byte> ReadCookie(ReadOnlySpan<byte> parameters)
    {
        while (parameters.Length >= ParameterHeader)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(parameters[2..]);
            if (length < ParameterHeader || length > parameters.Length) break;
            if (BinaryPrimitives.ReadUInt16BigEndian(parameters) == StateCookie) return parameters[ParameterHeader..length].ToArray();
            parameters = parameters[Math.Min(Padded(length), parameters.Length)..];
        }

        return default;
    }

    private static int Padded(int length) => (length + 3) & ~3;

    // CRC-32C over the packet with the checksum's own bytes as zeros (RFC 9260, appendix A).
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (var i = 0; i < bytes.Length; i++) crc = BitOperations.Crc32C(crc, i is >= 8 and < 12 ? (byte)0 : bytes[i]);
        return ~crc;
    }
}
