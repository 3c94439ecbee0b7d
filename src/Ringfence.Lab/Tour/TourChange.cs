using System.Collections.Immutable;
using Ringfence.Evidence.Probes;
using Ringfence.Evidence.Running;

namespace Ringfence.Lab.Tour;

/// <summary>Says what a step changed for real packets, and which policy did it.</summary>
internal static class TourChange
{
    private const int MostNames = 4;

    /// <summary>Two lines for what closed, and two for what opened, as far as something did.</summary>
    public static IEnumerable<string> Tell(ImmutableArray<ProbeResult> before, ImmutableArray<ProbeResult> after)
    {
        var known = before.ToDictionary(result => Key(result.Planned.Probe), result => result.IsOpen);
        var changed = after.Where(result => known.TryGetValue(Key(result.Planned.Probe), out var was) && was != result.IsOpen).ToList();
        foreach (var open in (bool[])[false, true])
        {
            var these = changed.Where(result => result.IsOpen == open).ToList();
            if (these.Count == 0) continue;
            yield return $"{(open ? "opened" : "closed")}: {Count(these.Count)}: {(open ? Names(these) : Gone(these, after) ?? Names(these))}";
            yield return $"because {Why(these)}";
        }

        if (changed.Count == 0) yield return "no connection changed";
    }

    // Ports of one pair are one name.
    private static string Names(List<ProbeResult> results)
    {
        var names = results
            .GroupBy(result => (result.Planned.Probe.Source.Workload, result.Planned.Probe.Destination.Workload))
            .Select(pair => $"{pair.Key.Item1} -> {pair.Key.Item2}:{string.Join(',', pair.Select(result => TourMatrix.Port(result.Planned.Probe)))}")
            .ToList();
        return string.Join("; ", names.Take(MostNames)) + (names.Count > MostNames ? $"; and {names.Count - MostNames} more" : "");
    }

    // Where a whole namespace is shut, that is the shorter truth.
    private static string? Gone(List<ProbeResult> closed, ImmutableArray<ProbeResult> after)
    {
        var into = closed.Select(result => NamespaceOf(result.Planned.Probe.Destination)).Distinct().ToList();
        if (into is [{ Length: > 0 } to] && !after.Any(result => result.IsOpen && NamespaceOf(result.Planned.Probe.Destination) == to))
            return $"nothing gets into {to} any more";
        var from = closed.Select(result => NamespaceOf(result.Planned.Probe.Source)).Distinct().ToList();
        return from is [{ Length: > 0 } of] && !after.Any(result => result.IsOpen && NamespaceOf(result.Planned.Probe.Source) == of)
            ? $"nothing gets out of {of} any more"
            : null;
    }

    private static string Why(List<ProbeResult> results)
    {
        var reasons = results.GroupBy(result => string.Join("; ", result.Planned.Expected.Reasons), StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).ToList();
        return reasons[0].Key + (reasons.Count > 1 ? $"; and {Count(reasons.Skip(1).Sum(group => group.Count()))} for like reasons" : "");
    }

    private static (string, string, Model.Protocol, int) Key(Probe probe) => (probe.Source.Workload, probe.Destination.Workload, probe.Protocol, probe.Port);

    private static string NamespaceOf(ProbeEnd end) => end.IsPod ? end.Workload[..end.Workload.IndexOf('/', StringComparison.Ordinal)] : "";

    private static string Count(int number) => number == 1 ? "1 connection" : $"{number} connections";
}
