using System.Globalization;
using System.Text.RegularExpressions;
using Ringfence.Analysis.Exposure;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Corpus;
using Ringfence.Model;

namespace Ringfence.Analysis.Tests.Exposure;

/// <summary>
/// Who is exposed to whom, as text: the end of np-guard's report, or ours in its manner. Protocols beside TCP, UDP and SCTP do not count.
/// What is not said is None.
/// </summary>
internal sealed partial class ExposureTable
{
    private const string External = "[External]";

    private static readonly ConnectionSet EveryPort =
        ConnectionSet.Of(Protocol.Tcp).Union(ConnectionSet.Of(Protocol.Udp)).Union(ConnectionSet.Of(Protocol.Sctp));

    private readonly Dictionary<(string Source, string Destination), string> _cells = [];

    /// <summary>What np-guard says about addresses, as lines of a list of connections.</summary>
    public List<string> Addresses { get; } = [];

    /// <summary>Reads what follows np-guard's heading: <c>workload => peer : conns</c>, <c>workload &lt;= peer : conns</c>, and who is not protected.</summary>
    public static ExposureTable Read(IEnumerable<string> lines)
    {
        var table = new ExposureTable();
        foreach (var line in lines.Where(line => line.Length > 0 && !line.EndsWith(':')))
        {
            if (line.Split(" is not protected on ") is [var open, var direction])
            {
                table._cells.Add((open, direction), "not protected");
                continue;
            }

            var parts = line.Split('\t', StringSplitOptions.TrimEntries);
            var colon = parts[2].LastIndexOf(" : ", StringComparison.Ordinal);
            var (workload, isSource, peer, ports) = (parts[0], parts[1] == "=>", parts[2][..colon], parts[2][(colon + 3)..]);
            if (peer.EndsWith(External, StringComparison.Ordinal))
                table.Addresses.Add(isSource ? $"{workload} => {peer} : {ports}" : $"{peer} => {workload} : {ports}");
            else
                table._cells.Add(isSource ? (workload, Peer(peer)) : (Peer(peer), workload), Text(Ports(ports)));
        }

        return table;
    }

    /// <summary>Our answer for the same input.</summary>
    public static ExposureTable Of(IEnumerable<ExposureLine> lines)
    {
        var table = new ExposureTable();
        foreach (var line in lines)
        {
            var (workload, peer, ports) = (ConnectionTable.NameOf(line.Workload), line.Peer.ToString(), Text(line.Ports));
            var key = line.Direction == Direction.Egress ? (workload, peer) : (peer, workload);

            // The pods of one workload may be apart in our view; what they can do must be the same to them all.
            Assert.Equal(ports, table._cells.GetValueOrDefault(key, ports));
            table._cells[key] = ports;
            if (!line.IsProtected) table._cells[(workload, line.Direction.ToString())] = "not protected";
        }

        return table;
    }

    /// <summary>The cells in which ours differs from this.</summary>
    public IEnumerable<TableDifference> Differences(ExposureTable ours) =>
        from cell in _cells.Keys.Union(ours._cells.Keys).Order()
        let expected = _cells.GetValueOrDefault(cell, "None")
        let actual = ours._cells.GetValueOrDefault(cell, "None")
        where expected != actual
        select new TableDifference(cell.Source, cell.Destination, expected, actual);

    private static string Text(PortTerms ports) => ports.Known.Contains(EveryPort)
        ? "All"
        : new PortTerms(ports.Known.Intersect(EveryPort), ports.Names).ToString();

    private static PortTerms Ports(string text)
    {
        if (text == "All Connections") return PortTerms.All;
        var (ports, protocol) = (PortTerms.None, default(Protocol));
        foreach (var part in text.Split(','))
        {
            var words = part.Split(' ');
            if (words.Length == 2 && !ProtocolText.TryParse(words[0], out protocol)) throw new InvalidDataException($"no protocol: {text}");
            var ends = words[^1].Split('-');
            ports = ports.Union(ends.All(end => end.All(char.IsAsciiDigit))
                ? new(ConnectionSet.Of(protocol, int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[^1], CultureInfo.InvariantCulture)), [])
                : new(ConnectionSet.None, [(protocol, words[^1])]));
        }

        return ports;
    }

    // entire-cluster, [all namespaces]/[all pods], or [namespace with {…}]/[pod with {…}]; a namespace may also be its name.
    private static string Peer(string text)
    {
        if (text == "entire-cluster") return HypotheticalPods.EntireCluster.ToString();
        var cut = text.IndexOf("/[", StringComparison.Ordinal);
        var (namespaces, pods) = (text[..cut], text[(cut + 1)..]);
        return new HypotheticalPods(
            namespaces.StartsWith('[') ? Selector(namespaces) : LabelSelector.Label(Namespace.NameLabel, namespaces),
            Selector(pods)).ToString();
    }

    private static LabelSelector Selector(string text)
    {
        if (text is "[all namespaces]" or "[all pods]") return LabelSelector.Everything;
        var inner = text[(text.IndexOf('{', StringComparison.Ordinal) + 1)..^2];
        var requirements = Expression().Matches(inner).Select(match => new Requirement(
            match.Groups["key"].Value,
            Enum.Parse<SelectorOperator>(match.Groups["operator"].Value),
            [.. match.Groups["values"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)]));
        var labels = Expression().Replace(inner, "").Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(label => label.Split('='))
            .Select(label => new Requirement(label[0], SelectorOperator.In, [label[1]]));
        return new LabelSelector([.. requirements, .. labels]);
    }

    [GeneratedRegex(@"\{Key:(?<key>[^,]+),Operator:(?<operator>\w+),Values:\[(?<values>[^\]]*)\],\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Expression();
}
