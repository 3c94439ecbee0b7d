using System.Collections.Immutable;
using System.Globalization;
using Ringfence.Evidence.Probes;
using Ringfence.Evidence.Running;
using Ringfence.Model;

namespace Ringfence.Lab.Tour;

/// <summary>Shows results as a matrix: rows are sources, columns destinations, in the cells the ports that answered.</summary>
internal static class TourMatrix
{
    /// <summary>The matrix.</summary>
    public static TourTable Of(ImmutableArray<ProbeResult> results)
    {
        var sources = results.Select(result => result.Planned.Probe.Source.Workload).Distinct().ToList();
        var destinations = results.Select(result => result.Planned.Probe.Destination.Workload).Distinct()
            .OrderBy(name => char.IsAsciiDigit(name[0])).ThenBy(name => name, StringComparer.Ordinal).ToList();
        var cells = results.ToLookup(result => (result.Planned.Probe.Source.Workload, result.Planned.Probe.Destination.Workload));
        return new TourTable(
            ["FROM \\ TO", .. destinations.Select(Short)],
            [
                .. sources.Select(source => (ImmutableArray<TourCell>)
                    [new TourCell(source, TourTone.Plain), .. destinations.Select(destination => Cell(cells[(source, destination)]))]),
            ]);
    }

    /// <summary>Where packets saw something else than the engine says.</summary>
    public static ImmutableArray<string> Differences(ImmutableArray<ProbeResult> results) =>
    [
        .. results.Where(result => result.Agreement != Agreement.Agrees).Select(result =>
            $"{Describe(result.Planned.Probe)}: packets say {result.Observed.ToString().ToLowerInvariant()}, the engine {result.Planned.Expected.Outcome.ToString().ToLowerInvariant()} ({string.Join("; ", result.Planned.Expected.Reasons)})"),
    ];

    /// <summary><c>shop/web -> shop/db:5432</c>.</summary>
    public static string Describe(Probe probe) => $"{probe.Source.Workload} -> {probe.Destination.Workload}:{Port(probe)}";

    /// <summary>A port; TCP goes without saying.</summary>
    public static string Port(Probe probe) => string.Create(
        CultureInfo.InvariantCulture, $"{probe.Port}{(probe.Protocol == Protocol.Tcp ? "" : "/" + probe.Protocol.ToText().ToLowerInvariant())}");

    private static TourCell Cell(IEnumerable<ProbeResult> results)
    {
        var all = results.ToList();
        if (all.Count == 0) return new TourCell("", TourTone.Plain);
        var open = all.Where(result => result.IsOpen).Select(result => result.Planned.Probe).OrderBy(probe => probe.Protocol).ThenBy(probe => probe.Port).Select(Port).ToList();
        var differs = all.Exists(result => result.Agreement != Agreement.Agrees);
        return new TourCell(
            (open.Count == 0 ? "-" : string.Join(',', open)) + (differs ? " !" : ""),
            differs ? TourTone.Wrong : open.Count == 0 ? TourTone.Closed : TourTone.Open);
    }

    private static string Short(string name) => name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
