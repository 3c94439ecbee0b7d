using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Answers;

/// <summary>The rows or the columns of a matrix: workloads, then what is outside.</summary>
/// <param name="Entries">What they stand for; of ranges that behave alike the first.</param>
/// <param name="Names">How they are called.</param>
internal sealed record Axis(ImmutableArray<ViewEntry> Entries, ImmutableArray<GridEntry> Names)
{
    /// <summary>Every address outside the cluster.</summary>
    public const string Everything = "external";

    private const int MostRanges = 2;

    /// <summary>The rows or columns of some entries: a range by itself unless policies treat it like others.</summary>
    /// <param name="entries">Workloads and ranges.</param>
    /// <param name="signature">What policies make of a range: ranges with the same signature become one.</param>
    public static Axis Create(IReadOnlyList<ViewEntry> entries, Func<ViewEntry, IEnumerable<Reach>> signature)
    {
        var workloads = entries.Where(entry => entry.Range is null).ToList();
        var groups = Alike([.. entries.Where(entry => entry.Range is not null)], signature);
        var widest = groups.MaxBy(Size);
        return new Axis(
            [.. workloads, .. groups.Select(group => group[0])],
            [.. workloads.Select(Workload), .. groups.Select(group => Outside(groups.Count == 1 ? Everything : ReferenceEquals(group, widest) ? "other external" : Ranges(group)))]);
    }

    /// <summary>The rows or columns of some entries, in which all ranges have one name.</summary>
    public static Axis Fold(IReadOnlyList<ViewEntry> entries) =>
        new([.. entries], [.. entries.Select(entry => entry.Range is null ? Workload(entry) : Outside(Everything))]);

    /// <summary>Without the namespace, as below its heading.</summary>
    public static string ShortName(ViewEntry entry) =>
        entry.Name.StartsWith(entry.Namespace + "/", StringComparison.Ordinal) ? entry.Name[(entry.Namespace.Length + 1)..] : entry.Name;

    private static List<List<ViewEntry>> Alike(List<ViewEntry> ranges, Func<ViewEntry, IEnumerable<Reach>> signature)
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

    private static string Ranges(List<ViewEntry> group) =>
        string.Join(", ", group.Take(MostRanges).Select(entry => entry.Name)) + (group.Count > MostRanges ? $" and {group.Count - MostRanges} more" : "");

    private static GridEntry Workload(ViewEntry entry) => new(entry.Name, entry.Namespace, ShortName(entry), IsOutside: false);

    private static GridEntry Outside(string name) => new(name, "", name, IsOutside: true);
}
