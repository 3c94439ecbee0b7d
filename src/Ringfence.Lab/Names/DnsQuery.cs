using System.Buffers.Binary;
using System.Text;

namespace Ringfence.Lab.Names;

/// <summary>A question as it came.</summary>
/// <param name="Id">What the answer is matched by.</param>
/// <param name="Flags">The header's flags.</param>
/// <param name="Status">NoError for a question that can be answered, else what is wrong with it.</param>
/// <param name="Name">The name that is asked for, in lower case; a dot inside a label, which no name here has, is U+FFFF.</param>
/// <param name="Type">The type that is asked for.</param>
/// <param name="Length">The length of the question's section behind the header; 0 where it could not be read.</param>
/// <param name="Edns">The longest answer by UDP that the client takes, where it says so (EDNS).</param>
/// <remarks>RFC 1035, section 4.1; RFC 6891.</remarks>
internal readonly record struct DnsQuery(ushort Id, ushort Flags, DnsStatus Status, string Name, DnsType Type, int Length, int? Edns)
{
    /// <summary>The length of a message's header.</summary>
    public const int HeaderLength = 12;

    private const int LongestName = 255;
    private const int LongestLabel = 63;
    private const int Pointer = 0xc0;
    private const ushort Response = 0x8000;
    private const ushort Opcode = 0x7800;
    private const ushort Internet = 1;

    /// <summary>Reads a message; null for what deserves no answer: no header, or itself an answer.</summary>
    public static DnsQuery? Read(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderLength) return null;
        var (id, flags) = (Number(message, 0), Number(message, 2));
        if ((flags & Response) != 0) return null;
        var query = new DnsQuery(id, flags, DnsStatus.FormatError, "", default, 0, null);
        if ((flags & Opcode) != 0) return query with { Status = DnsStatus.NotImplemented };
        if (Number(message, 4) != 1) return query;

        var position = HeaderLength;
        if (ReadName(message, ref position) is not { } name || position + 4 > message.Length) return query;
        var (type, category) = ((DnsType)Number(message, position), Number(message, position + 2));
        position += 4;
        query = query with { Name = name, Type = type, Length = position - HeaderLength };
        var records = Number(message, 6) + Number(message, 8) + Number(message, 10);
        for (var i = 0; i < records; i++)
        {
            if (!SkipName(message, ref position) || position + 10 > message.Length) return query;
            var length = Number(message, position + 8);
            if ((DnsType)Number(message, position) == DnsType.Opt)
            {
                // RFC 6891, section 6.1.1: two of them are an error; its class is a size, and its time to live has the version.
                if (query.Edns is not null) return query;
                query = query with { Edns = Number(message, position + 2) };
                if (message[position + 5] != 0) return query with { Status = DnsStatus.BadVersion };
            }

            position += 10 + length;
            if (position > message.Length) return query;
        }

        return query with { Status = category == Internet && type is not (DnsType.Axfr or DnsType.Ixfr) ? DnsStatus.NoError : DnsStatus.Refused };
    }

    /// <summary>Reads the question's name. Nothing is before it that a pointer could point to, so pointers are errors.</summary>
    private static string? ReadName(ReadOnlySpan<byte> message, ref int position)
    {
        var start = position;
        var name = new StringBuilder();
        while (position < message.Length)
        {
            int length = message[position++];
            if (length == 0) return position - start <= LongestName ? name.ToString() : null;
            if (length > LongestLabel || position + length > message.Length) return null;
            if (name.Length > 0) name.Append('.');
            foreach (var letter in message.Slice(position, length)) name.Append(letter == '.' ? '\uffff' : char.ToLowerInvariant((char)letter));
            position += length;
        }

        return null;
    }

    private static bool SkipName(ReadOnlySpan<byte> message, ref int position)
    {
        while (position < message.Length)
        {
            int length = message[position++];
            if (length == 0) return true;
            if ((length & Pointer) == Pointer) return ++position <= message.Length;
            if (length > LongestLabel) return false;
            position += length;
        }

        return false;
    }

    private static ushort Number(ReadOnlySpan<byte> message, int position) => BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
}
