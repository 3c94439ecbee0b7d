using Ringfence.Analysis.Questions;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>Connections in few letters, as cells of a matrix and edges of a picture show them.</summary>
internal static class ConnectionText
{
    private static readonly Protocol[] Protocols = [Protocol.Tcp, Protocol.Udp, Protocol.Sctp];

    /// <summary><c>-</c>, <c>all</c>, or ports: <c>80,90-95,53/udp,all/sctp</c>. TCP goes without saying.</summary>
    public static string Compact(ConnectionSet connections)
    {
        if (connections.IsEmpty) return "-";
        if (connections.IsAll) return "all";
        var parts = new List<string>();
        foreach (var protocol in Protocols)
            foreach (var range in connections.Ports(protocol))
                parts.Add(Part(range, protocol));
        if (connections.OtherProtocols) parts.Add("other");
        return string.Join(',', parts);
    }

    /// <summary>Ports with those that are known by name only: <c>80,http,dns/udp</c>.</summary>
    public static string Compact(PortTerms ports)
    {
        if (ports.Names.IsEmpty) return Compact(ports.Known);
        var names = ports.Names.Select(name => name.Name + Suffix(name.Protocol));
        return string.Join(',', ports.Known.IsEmpty ? names : names.Prepend(Compact(ports.Known)));
    }

    /// <summary>What is open, with <c>?</c> where more may be.</summary>
    public static string Compact(Reach reach) =>
        reach.IsCertain ? Compact(reach.Certain) : reach.Certain.IsEmpty ? "?" : Compact(reach.Certain) + ",?";

    /// <summary>Ports that do not fit are left out at a comma, which <c>…</c> shows.</summary>
    public static string Shorten(string compact, int width)
    {
        if (compact.Length <= width) return compact;
        var cut = compact.LastIndexOf(',', Math.Max(width - 2, 0));
        return cut <= 0 ? PlainText.Shorten(compact, width) : compact[..cut] + ",…";
    }

    private static string Part(PortRange range, Protocol protocol)
    {
        var ports = range == PortRange.All ? "all" : range.ToString();
        return protocol == Protocol.Tcp && range == PortRange.All ? "all/tcp" : ports + Suffix(protocol);
    }

    private static string Suffix(Protocol protocol) => protocol == Protocol.Tcp ? "" : $"/{protocol.ToText().ToLowerInvariant()}";
}
