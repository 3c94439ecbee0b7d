using System.Collections.Immutable;
using Ringfence.Evidence.Records;

namespace Ringfence.Evidence.Report;

/// <summary>What a cell of an observed matrix shows.</summary>
public enum ObservedKind
{
    /// <summary>No probe was made.</summary>
    Blank,

    /// <summary>Nothing was let through.</summary>
    None,

    /// <summary>Some ports were.</summary>
    Some,

    /// <summary>Every port that was tried.</summary>
    All,

    /// <summary>Probes were planned and none could be made.</summary>
    NotCovered,
}

/// <summary>A cell of an observed matrix.</summary>
/// <param name="Kind">What it shows.</param>
/// <param name="Text">In few letters: <c>all</c>, <c>-</c>, or the ports that were let through, <c>80,53/udp</c>; TCP goes without saying.</param>
/// <param name="Probes">How many probes it is about.</param>
/// <param name="Differ">How many of them differ from what the engine says.</param>
public readonly record struct ObservedCell(ObservedKind Kind, string Text, int Probes, int Differ);

/// <summary>A row or column of an observed matrix.</summary>
/// <param name="Name"><c>ns/workload</c>, or a name for what is outside.</param>
/// <param name="Namespace">The namespace; empty for what is outside.</param>
public sealed record ObservedEntry(string Name, string Namespace)
{
    /// <summary>The name without the namespace.</summary>
    public string Short => Namespace.Length == 0 ? Name : Name[(Namespace.Length + 1)..];

    /// <summary>Whether it stands for addresses outside the cluster.</summary>
    public bool IsOutside => Namespace.Length == 0;
}

/// <summary>What real packets saw between workloads: rows are sources, columns destinations.</summary>
public sealed class ObservedMatrix
{
    private readonly Dictionary<(string, string), ObservedCell> _cells = [];

    private ObservedMatrix(EvidenceDocument document)
    {
        foreach (var pair in document.Items.GroupBy(probe => (probe.SourceWorkload, probe.DestinationWorkload)))
            _cells[pair.Key] = Cell([.. pair], document.Options);
        Sources = Entries(document.Items.Select(probe => (probe.SourceWorkload, IsPod(probe.Source, probe.SourceAddress))));
        Destinations = Entries(document.Items.Select(probe => (probe.DestinationWorkload, IsPod(probe.Destination, probe.DestinationAddress))));
    }

    /// <summary>The rows: workloads by name, then what is outside.</summary>
    public ImmutableArray<ObservedEntry> Sources { get; }

    /// <summary>The columns: workloads by name, then what is outside.</summary>
    public ImmutableArray<ObservedEntry> Destinations { get; }

    /// <summary>The cell of a row and a column.</summary>
    public ObservedCell this[ObservedEntry source, ObservedEntry destination] =>
        _cells.TryGetValue((source.Name, destination.Name), out var cell) ? cell : new ObservedCell(ObservedKind.Blank, source == destination && !source.IsOutside ? "·" : "", 0, 0);

    /// <summary>Puts evidence together.</summary>
    public static ObservedMatrix Of(EvidenceDocument document) => new(document);

    private static ImmutableArray<ObservedEntry> Entries(IEnumerable<(string Name, bool IsPod)> names) =>
    [
        .. names.Distinct()
            .OrderByDescending(item => item.IsPod)
            .ThenBy(item => item.Name, StringComparer.Ordinal)
            .Select(item => new ObservedEntry(item.Name, item.IsPod ? item.Name[..item.Name.IndexOf('/', StringComparison.Ordinal)] : "")),
    ];

    private static bool IsPod(string name, string address) => name != address;

    private static ObservedCell Cell(ProbeRecord[] probes, EvidenceOptions options)
    {
        var differ = probes.Count(probe => probe.Result == ProbeWords.Differs);
        var covered = Array.FindAll(probes, probe => probe.Result != ProbeWords.NotCovered);
        if (covered.Length == 0) return new ObservedCell(ObservedKind.NotCovered, "?", probes.Length, 0);
        if (Array.TrueForAll(covered, probe => probe.IsOpen())) return new ObservedCell(ObservedKind.All, "all", probes.Length, differ);
        if (!Array.Exists(covered, probe => probe.IsOpen())) return new ObservedCell(ObservedKind.None, "-", probes.Length, differ);

        var parts = new List<string>();
        foreach (var protocol in (string[])["TCP", "UDP", "SCTP"])
        {
            var ports = Array.FindAll(covered, probe => probe.Protocol == protocol);
            var open = ports.Where(probe => probe.IsOpen()).Select(probe => probe.Port).Distinct().Order().ToList();
            var unnamed = protocol == "UDP" ? options.UnnamedUdpPort : options.UnnamedTcpPort;
            if (open.Contains(unnamed) && Array.TrueForAll(ports, probe => probe.IsOpen())) parts.Add($"all/{Suffix(protocol)}");
            else parts.AddRange(open.Select(port => protocol == "TCP" ? $"{port}" : $"{port}/{Suffix(protocol)}"));
        }

        return new ObservedCell(ObservedKind.Some, string.Join(',', parts), probes.Length, differ);
    }

    private static string Suffix(string protocol) => protocol switch { "TCP" => "tcp", "UDP" => "udp", _ => "sctp" };
}
