using System.Globalization;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation.Observed;

/// <summary>Reads what <c>conntrack -L</c> prints, also with <c>-o extended</c>, and the events of <c>conntrack -E</c>.</summary>
/// <remarks>
/// <c>tcp 6 431999 ESTABLISHED src=A dst=B sport=1 dport=2 src=C dst=D sport=3 dport=4 [ASSURED] mark=0 use=1</c>: the original direction, then the
/// answers'. After translation the destination is whoever answers: C, port 3. <c>[UNREPLIED]</c> says that nobody did. See conntrack(8), and
/// net/netfilter/nf_conntrack_standalone.c for the form in /proc.
/// </remarks>
internal static class ConntrackLines
{
    public static ObservedLine Read(string line)
    {
        Protocol? protocol = null;
        var (isKnown, isUnanswered) = (false, false);
        Span<(Address Source, Address Destination, int SourcePort, int DestinationPort)> tuples = [default, default];
        Span<int> seen = [0, 0];
        var tuple = -1;
        foreach (var range in line.AsSpan().Split(' '))
        {
            var word = line.AsSpan(range);
            if (word.IsEmpty) continue;
            if (word is "[UNREPLIED]") isUnanswered = true;
            var equals = word.IndexOf('=');
            if (equals < 0)
            {
                if (tuple >= 0) continue;
                isKnown |= word is "tcp" or "udp" or "sctp" or "icmp" or "icmpv6" or "udplite" or "dccp" or "gre" or "unknown";
                protocol ??= word switch { "tcp" => Protocol.Tcp, "udp" => Protocol.Udp, "sctp" => Protocol.Sctp, _ => null };
                continue;
            }

            var key = word[..equals];
            var value = word[(equals + 1)..];
            if (key is "src") tuple++;
            if (tuple is < 0 or > 1) continue;
            ref var current = ref tuples[tuple];
            var isRead = key switch
            {
                "src" => Address.TryParse(value, out var source) && Set(ref current.Source, source),
                "dst" => Address.TryParse(value, out var destination) && Set(ref current.Destination, destination),
                "sport" => Port(value, ref current.SourcePort),
                "dport" => Port(value, ref current.DestinationPort),
                _ => false,
            };
            if (isRead) seen[tuple]++;
        }

        if (!isKnown || tuple < 1) return ObservedLine.Unreadable;
        if (protocol is not { } known) return ObservedLine.Without(LeftOut.OtherProtocol);
        if (seen[0] != 4 || seen[1] != 4) return ObservedLine.Unreadable;
        if (isUnanswered) return ObservedLine.Without(LeftOut.Unanswered);
        return ObservedLine.Of(new ObservedFlow(
            new ObservedEnd(tuples[0].Source, null, null, null), new ObservedEnd(tuples[1].Source, null, null, null), known, tuples[1].SourcePort));
    }

    private static bool Set(ref Address place, Address address)
    {
        place = address;
        return true;
    }

    private static bool Port(ReadOnlySpan<char> text, ref int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;
}
