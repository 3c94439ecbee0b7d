namespace Ringfence.Lab.Names;

/// <summary>Makes the answer to a message. Never throws, whatever the message.</summary>
internal static class DnsResponder
{
    /// <summary>The longest answer by UDP that never needs to be cut into fragments on the way.</summary>
    /// <remarks>https://www.dnsflagday.net/2020/</remarks>
    public const int LongestDatagram = 1232;

    private const int ShortestDatagram = 512;
    private const ushort Response = 0x8000;
    private const ushort Authoritative = 0x0400;
    private const ushort Truncated = 0x0200;
    private const ushort RecursionAvailable = 0x0080;
    private const ushort Kept = 0x7900;

    /// <summary>The answer; null for what deserves none.</summary>
    /// <param name="message">The question.</param>
    /// <param name="names">What is known.</param>
    /// <param name="isDatagram">Whether the answer goes by UDP, and has to be as short as the client says.</param>
    public static byte[]? Respond(ReadOnlySpan<byte> message, ClusterNames names, bool isDatagram)
    {
        if (DnsQuery.Read(message) is not { } query) return null;
        var asked = message.Slice(DnsQuery.HeaderLength, query.Length);
        var answer = query.Status == DnsStatus.NoError ? names.Find(query.Name, query.Type) : new DnsAnswer(query.Status);
        var whole = Write(query, asked, answer, 0);
        var limit = isDatagram ? Math.Clamp(query.Edns ?? 0, ShortestDatagram, LongestDatagram) : int.MaxValue;
        if (whole.Length <= limit && !whole.IsTooLong) return whole.ToArray();

        // What helps, but was not asked for, goes first.
        if (!answer.Additional.IsEmpty && Write(query, asked, answer with { Additional = [] }, 0) is { IsTooLong: false } shorter && shorter.Length <= limit)
            return shorter.ToArray();
        return Write(query, asked, new DnsAnswer(answer.Status) { IsAuthoritative = answer.IsAuthoritative }, Truncated).ToArray();
    }

    private static DnsWriter Write(DnsQuery query, ReadOnlySpan<byte> asked, DnsAnswer answer, ushort flags)
    {
        var writer = new DnsWriter();
        writer.Number(query.Id);
        writer.Number(Response | (query.Flags & Kept) | RecursionAvailable | flags | (answer.IsAuthoritative ? Authoritative : 0) | ((int)answer.Status & 0xf));
        writer.Number(asked.IsEmpty ? 0 : 1);
        writer.Number(answer.Answers.Length);
        writer.Number(answer.Authority.Length);
        writer.Number(answer.Additional.Length + (query.Edns is null ? 0 : 1));
        writer.Raw(asked);
        if (query.Name.Length > 0) writer.Remember(query.Name, DnsQuery.HeaderLength);
        foreach (var record in answer.Answers) writer.Record(record);
        foreach (var record in answer.Authority) writer.Record(record);
        foreach (var record in answer.Additional) writer.Record(record);
        if (query.Edns is not null)
        {
            // The root's name, the type, the longest question that is taken, the upper bits of the status, version 0, no flags, no options.
            writer.Raw([0]);
            writer.Number((int)DnsType.Opt);
            writer.Number(LongestDatagram);
            writer.Raw([(byte)((int)answer.Status >> 4), 0, 0, 0, 0, 0]);
        }

        return writer;
    }
}
