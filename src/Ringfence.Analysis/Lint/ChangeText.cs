using System.Collections.Immutable;
using System.Globalization;
using Ringfence.Engine;

namespace Ringfence.Analysis.Lint;

/// <summary>Puts changes of reach into sentences about workloads.</summary>
internal static class ChangeText
{
    public const string Gains = "{0} could open {2} to {1}";
    public const string Losses = "{0} could no longer open {2} to {1}";

    private const int MostNames = 3;
    private const int MostSentences = 6;

    /// <summary>One sentence for the ends that gain or lose the same connections with the same other end.</summary>
    public static ImmutableArray<string> Tell(ClusterView view, ImmutableArray<ReachChange> changes, string gains, string losses)
    {
        var sentences = new List<string>();
        Add(change => change.Gained, gains, "every");
        Add(change => change.Lost, losses, "any");
        return sentences.Count <= MostSentences
            ? [.. sentences]
            : [.. sentences.Take(MostSentences), $"and {sentences.Count - MostSentences} more"];

        void Add(Func<ReachChange, ConnectionSet> part, string form, string all)
        {
            var facts = changes.Select(change => (Sources: NamesOf(view, change.Source), Destinations: NamesOf(view, change.Destination), Ports: part(change)))
                .Where(fact => !fact.Ports.IsEmpty)
                .SelectMany(fact => fact.Destinations.SelectMany(destination => fact.Sources.Select(source => (source, destination, fact.Ports))))
                .Where(fact => fact.source != fact.destination)
                .ToList();

            // By destination and ports the sources together, then the destinations that have the same sources.
            var told = facts.GroupBy(fact => (fact.destination, fact.Ports))
                .Select(group => (group.Key.destination, group.Key.Ports, Sources: group.Select(fact => fact.source).Distinct().Order(StringComparer.Ordinal).ToList()))
                .GroupBy(fact => (string.Join('\n', fact.Sources), fact.Ports))
                .Select(group => (group.First().Sources, Destinations: group.Select(fact => fact.destination).Order(StringComparer.Ordinal).ToList(), group.Key.Ports))
                .OrderByDescending(fact => fact.Sources.Count * fact.Destinations.Count)
                .ThenBy(fact => fact.Destinations[0], StringComparer.Ordinal)
                .ThenBy(fact => fact.Sources[0], StringComparer.Ordinal);
            foreach (var (sources, destinations, ports) in told)
                sentences.Add(string.Format(CultureInfo.InvariantCulture, form, Some(sources), Some(destinations), Tell(ports, all)));
        }
    }

    /// <summary>Some of many names.</summary>
    public static string Some(IReadOnlyList<string> names)
    {
        if (names.Count == 1) return names[0];
        return names.Count <= MostNames + 1
            ? $"{string.Join(", ", names.Take(names.Count - 1))} and {names[^1]}"
            : $"{string.Join(", ", names.Take(MostNames))} and {names.Count - MostNames} more";
    }

    /// <summary>Connections as a part of a sentence; where they are nearly all, what is not among them. Who opens all opens "every" connection, who no longer does not "any".</summary>
    private static string Tell(ConnectionSet ports, string all)
    {
        if (ports.IsAll) return $"{all} connection";
        var (told, others) = (ports.ToString(), ConnectionSet.All.Except(ports).ToString());
        return ports.OtherProtocols && others.Length < told.Length ? $"{all} connection but {others}" : told;
    }

    private static IEnumerable<string> NamesOf(ClusterView view, ChangedEnd end) => end.Range is { } range
        ? [range.First == Model.Address.Min(range.First.Family) && range.Last == Model.Address.Max(range.First.Family) ? RangeGroup.Everything : range.ToString()]
        : end.Pods.Select(pod => view.EntryOf(pod).Name).Distinct();
}
