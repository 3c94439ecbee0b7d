using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>Ranges outside the cluster that policies tell apart but treat alike, under one name.</summary>
/// <param name="Name"><c>external</c> where there is no other group, <c>other external</c> for the biggest, else the ranges.</param>
/// <param name="Ranges">The ranges, in order of their addresses.</param>
public sealed record RangeGroup(string Name, ImmutableArray<ViewEntry> Ranges)
{
    /// <summary>Every address outside the cluster.</summary>
    public const string Everything = "external";

    private const int MostNamed = 2;

    /// <summary>Groups ranges, in order of the first of each group.</summary>
    /// <param name="ranges">The ranges of one direction.</param>
    /// <param name="signature">What policies make of a range: ranges with the same signature become one group.</param>
    public static ImmutableArray<RangeGroup> Of(IEnumerable<ViewEntry> ranges, Func<ViewEntry, IEnumerable<Reach>> signature)
    {
        var groups = Alike(ranges, signature);
        var widest = groups.MaxBy(Size);
        return [.. groups.Select(group => new RangeGroup(groups.Count == 1 ? Everything : ReferenceEquals(group, widest) ? "other external" : NameOf(group), [.. group]))];
    }

    private static List<List<ViewEntry>> Alike(IEnumerable<ViewEntry> ranges, Func<ViewEntry, IEnumerable<Reach>> signature)
    {
        var groups = new List<(List<Reach> Signature, List<ViewEntry> Ranges)>();
        foreach (var range in ranges)
        {
            var own = signature(range).ToList();
            var known = groups.Find(group => group.Signature.SequenceEqual(own));
            if (known.Ranges is null) groups.Add((own, [range]));
            else known.Ranges.Add(range);
        }

        return groups.ConvertAll(group => group.Ranges);
    }

    // A family's whole share, so that the few addresses of IPv4 are not nothing beside those of IPv6.
    private static double Size(List<ViewEntry> group) => group.Sum(entry =>
        (double)(entry.Range!.Value.Last.Value - entry.Range.Value.First.Value) / (double)Address.Max(entry.Range.Value.First.Family).Value);

    private static string NameOf(List<ViewEntry> group) =>
        string.Join(", ", group.Take(MostNamed).Select(entry => entry.Name)) + (group.Count > MostNamed ? $" and {group.Count - MostNamed} more" : "");
}
