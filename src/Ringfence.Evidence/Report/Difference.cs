using Ringfence.Evidence.Records;

namespace Ringfence.Evidence.Report;

/// <summary>Probes between two workloads that differ from what the engine says in one way: the same was expected by the same policies, and the same was seen.</summary>
public sealed class Difference
{
    private readonly ProbeRecord[] _probes;

    private Difference(ProbeRecord[] probes) => _probes = probes;

    /// <summary>The source.</summary>
    public string SourceWorkload => First.SourceWorkload;

    /// <summary>The destination.</summary>
    public string DestinationWorkload => First.DestinationWorkload;

    /// <summary>What the engine says.</summary>
    public string Expected => First.Expected;

    /// <summary>What was seen.</summary>
    public string Observed => First.Observed;

    /// <summary>The first of the probes, whose reasons stand for those of the others.</summary>
    public ProbeRecord First => _probes[0];

    /// <summary>The ports: <c>6333, 53/udp</c>; TCP goes without saying.</summary>
    public string Ports => string.Join(", ", _probes.Select(probe => probe.Protocol == "TCP" ? $"{probe.Port}" : $"{probe.Port}/{probe.Protocol.ToLowerInvariant()}").Distinct());

    /// <summary>How many probes they are.</summary>
    public int Count => _probes.Length;

    /// <summary>What the packets of the first probe saw, in a clause.</summary>
    public string Seen
    {
        get
        {
            var same = First.Attempts.Count(attempt => attempt.Observed == First.Observed);
            var deciding = First.Attempts.First(attempt => attempt.Observed == First.Observed);
            var detail = deciding.Detail is { Length: > 0 } text ? $" ({text})" : "";
            var more = _probes.Length > 1 ? $"; and {Counted.Of(_probes.Length - 1, "probe")} more like it" : "";
            return $"{First.Source} ({First.SourceAddress}) to {First.Destination} ({First.DestinationAddress}) {First.Protocol} {First.Port}, "
                + $"{same} of {Counted.Of(First.Attempts.Length, "attempt")}{detail}{more}";
        }
    }

    /// <summary>The differences of evidence, in the order of its probes.</summary>
    public static IReadOnlyList<Difference> Of(EvidenceDocument document) =>
    [
        .. document.Items
            .Where(probe => probe.Result == ProbeWords.Differs)
            .GroupBy(probe => (probe.SourceWorkload, probe.DestinationWorkload, probe.Expected, probe.Observed, string.Join(' ', probe.Policies), probe.Rule))
            .Select(group => new Difference([.. group])),
    ];
}
