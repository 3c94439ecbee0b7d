using System.Collections.Immutable;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Corpus;

/// <summary>A cell in which two tables differ.</summary>
internal sealed record TableDifference(string Source, string Destination, string Expected, string Ours)
{
    public override string ToString() => $"{Source} => {Destination}: expected {Expected}, we have {Ours}";
}

/// <summary>
/// Who can open what to whom, as text: np-guard's connection list, or ours in its manner. Ranges are IPv4; protocols beside TCP, UDP and
/// SCTP do not count. What is not said is None.
/// </summary>
internal sealed class ConnectionTable
{
    private const string External = "[External]";

    private static readonly ConnectionSet EveryPort =
        Vocabulary.Protocols.Aggregate(ConnectionSet.None, (sum, protocol) => sum.Union(ConnectionSet.Of(protocol)));

    private readonly Dictionary<(string Source, string Destination), string> _pairs = [];
    private readonly Dictionary<(string Workload, Direction Direction), List<(AddressRange Range, string Text)>> _ranges = [];

    /// <summary>Reads np-guard's text: <c>src => dst : conns</c>, one a line.</summary>
    public static ConnectionTable Read(IEnumerable<string> lines)
    {
        var table = new ConnectionTable();
        foreach (var line in lines.Where(line => line.Length > 0))
        {
            var (arrow, colon) = (line.IndexOf(" => ", StringComparison.Ordinal), line.LastIndexOf(" : ", StringComparison.Ordinal));
            if (arrow < 0 || colon < arrow) throw new InvalidDataException($"not a connection: {line}");
            table.Add(line[..arrow], line[(arrow + 4)..colon], Text(Connections(line[(colon + 3)..])));
        }

        return table;
    }

    /// <summary>Our answer for the same input.</summary>
    public static ConnectionTable Of(ClusterView view)
    {
        var table = new ConnectionTable();
        foreach (var source in view.Workloads)
            foreach (var destination in view.Workloads.Where(other => NameOf(other) != NameOf(source)))
                table.Add(NameOf(source), NameOf(destination), Text(view.Between(source, destination)));
        foreach (var workload in view.Workloads)
        {
            foreach (var range in view.OutsideSources.Where(IsV4)) table.Add(NameOf(range), NameOf(workload), Text(view.Between(range, workload)));
            foreach (var range in view.OutsideDestinations.Where(IsV4)) table.Add(NameOf(workload), NameOf(range), Text(view.Between(workload, range)));
        }

        foreach (var (destination, reach) in Openings.FromIngressController(view)) table.Add("{ingress-controller}", NameOf(destination), Text(reach));
        return table;
    }

    /// <summary>The cells in which ours differ from these; ranges next to each other that differ alike are joined.</summary>
    public IEnumerable<TableDifference> Differences(ConnectionTable ours)
    {
        foreach (var (source, destination) in _pairs.Keys.Union(ours._pairs.Keys).Order())
            if (_pairs.GetValueOrDefault((source, destination), "None") is var expected
                && ours._pairs.GetValueOrDefault((source, destination), "None") is var actual
                && expected != actual)
                yield return new(source, destination, expected, actual);

        foreach (var key in _ranges.Keys.Union(ours._ranges.Keys).Order())
            foreach (var (range, expected, actual) in Sweep(Sorted(_ranges, key), Sorted(ours._ranges, key)))
                yield return key.Direction == Direction.Ingress
                    ? new($"{range.First}-{range.Last}", key.Workload, expected, actual)
                    : new(key.Workload, $"{range.First}-{range.Last}", expected, actual);
    }

    private static List<(AddressRange Range, string Text)> Sorted(
        Dictionary<(string Workload, Direction Direction), List<(AddressRange Range, string Text)>> ranges, (string Workload, Direction Direction) key) =>
        [.. ranges.GetValueOrDefault(key, []).OrderBy(item => item.Range.First)];

    private static IEnumerable<(AddressRange Range, string Expected, string Ours)> Sweep(
        List<(AddressRange Range, string Text)> expected, List<(AddressRange Range, string Text)> ours)
    {
        var edges = expected.Concat(ours)
            .SelectMany(item => new[] { (ulong)item.Range.First.Value, (ulong)item.Range.Last.Value + 1 })
            .Append(0UL).Append(1UL << 32).Distinct().Order().ToList();
        (AddressRange Range, string Expected, string Ours)? open = null;
        for (var i = 0; i + 1 < edges.Count; i++)
        {
            var range = new AddressRange(new(IpFamily.V4, edges[i]), new(IpFamily.V4, edges[i + 1] - 1));
            var (left, right) = (At(expected, range.First), At(ours, range.First));
            if (open is { } before && before.Expected == left && before.Ours == right)
            {
                open = before with { Range = new(before.Range.First, range.Last) };
                continue;
            }

            if (open is { } done && done.Expected != done.Ours) yield return done;
            open = (range, left, right);
        }

        if (open is { } last && last.Expected != last.Ours) yield return last;
    }

    private static string At(List<(AddressRange Range, string Text)> ranges, Address address)
    {
        var (low, high) = (0, ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (ranges[middle].Range.Last < address) low = middle + 1;
            else if (address < ranges[middle].Range.First) high = middle - 1;
            else return ranges[middle].Text;
        }

        return "None";
    }

    /// <summary>Says what a cell has.</summary>
    public void Add(string source, string destination, string connections)
    {
        var (from, to) = (RangeOf(source), RangeOf(destination));
        if (from is null && to is null)
        {
            // The pods of one workload may be apart in our view; what they can do must be the same to them all.
            if (_pairs.TryGetValue((source, destination), out var before) && before != connections) connections = $"{before} or {connections}";
            _pairs[(source, destination)] = connections;
            return;
        }

        var key = from is null ? (source, Direction.Egress) : (destination, Direction.Ingress);
        if (!_ranges.TryGetValue(key, out var ranges)) _ranges[key] = ranges = [];
        ranges.Add(((from ?? to)!.Value, connections));
    }

    private static AddressRange? RangeOf(string name)
    {
        if (!name.EndsWith(External, StringComparison.Ordinal)) return null;
        var text = name[..^External.Length];
        if (Prefix.TryParse(text, out var prefix)) return new(prefix.First, prefix.Last);
        var ends = text.Split('-');
        return new(Address.Parse(ends[0]), Address.Parse(ends[^1]));
    }

    /// <summary>np-guard's name: <c>ns/name[Kind]</c>, or a range.</summary>
    public static string NameOf(ViewEntry entry) =>
        entry.Range is { } range ? $"{range.First}-{range.Last}{External}" : $"{entry.Workload}[{(entry.Kind.Length == 0 ? "Pod" : entry.Kind)}]";

    private static bool IsV4(ViewEntry entry) => entry.Range is { First.Family: IpFamily.V4 };

    /// <summary>What is open, in our words.</summary>
    public static string Text(Reach reach) => reach.IsCertain
        ? Text(reach.Certain)
        : $"certain {Text(reach.Certain)}, possible {Text(reach.Possible)}";

    /// <inheritdoc cref="Text(Reach)"/>
    public static string Text(ConnectionSet set) => set.Intersect(EveryPort) is var ports && ports.Equals(EveryPort) ? "All" : ports.ToString();

    /// <summary>What np-guard says is open.</summary>
    public static ConnectionSet Connections(string text) => text == "All Connections" ? EveryPort : Parse(text);

    private static ConnectionSet Parse(string text)
    {
        var (set, protocol) = (ConnectionSet.None, default(Protocol));
        foreach (var part in text.Split(','))
        {
            var words = part.Split(' ');
            if (words.Length == 2 && !ProtocolText.TryParse(words[0], out protocol)) throw new InvalidDataException($"no protocol: {text}");
            var ends = words[^1].Split('-').Select(int.Parse).ToList();
            set = set.Union(ConnectionSet.Of(protocol, ends[0], ends[^1]));
        }

        return set;
    }
}
