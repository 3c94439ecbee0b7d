using System.Collections.Immutable;
using Ringfence.Engine;

namespace Ringfence.Cli.Answers;

/// <summary>The rows or the columns of a matrix: workloads, then what is outside.</summary>
/// <param name="Entries">What they stand for; of ranges that behave alike the first.</param>
/// <param name="Names">How they are called.</param>
internal sealed record Axis(ImmutableArray<ViewEntry> Entries, ImmutableArray<GridEntry> Names)
{
    /// <summary>Every address outside the cluster.</summary>
    public const string Everything = RangeGroup.Everything;

    /// <summary>The rows or columns of some entries: a range by itself unless policies treat it like others.</summary>
    /// <param name="entries">Workloads and ranges.</param>
    /// <param name="signature">What policies make of a range: ranges with the same signature become one.</param>
    public static Axis Create(IReadOnlyList<ViewEntry> entries, Func<ViewEntry, IEnumerable<Reach>> signature)
    {
        var workloads = entries.Where(entry => entry.Range is null).ToList();
        var groups = RangeGroup.Of(entries.Where(entry => entry.Range is not null), signature);
        return new Axis(
            [.. workloads, .. groups.Select(group => group.Ranges[0])],
            [.. workloads.Select(Workload), .. groups.Select(group => Outside(group.Name))]);
    }

    /// <summary>The rows or columns of some entries, in which all ranges have one name.</summary>
    public static Axis Fold(IReadOnlyList<ViewEntry> entries) =>
        new([.. entries], [.. entries.Select(entry => entry.Range is null ? Workload(entry) : Outside(Everything))]);

    /// <summary>Without the namespace, as below its heading.</summary>
    public static string ShortName(ViewEntry entry) =>
        entry.Name.StartsWith(entry.Namespace + "/", StringComparison.Ordinal) ? entry.Name[(entry.Namespace.Length + 1)..] : entry.Name;

    private static GridEntry Workload(ViewEntry entry) => new(entry.Name, entry.Namespace, ShortName(entry), IsOutside: false);

    private static GridEntry Outside(string name) => new(name, "", name, IsOutside: true);
}
