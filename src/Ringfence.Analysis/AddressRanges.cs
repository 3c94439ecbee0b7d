using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis;

/// <summary>Sets of addresses, and the fewest ipBlocks that are exactly such a set.</summary>
internal static class AddressRanges
{
    /// <summary>What two ranges share; null where they share nothing.</summary>
    public static AddressRange? Intersect(AddressRange a, AddressRange b)
    {
        if (a.First.Family != b.First.Family || a.First > b.Last || b.First > a.Last) return null;
        return new AddressRange(a.First > b.First ? a.First : b.First, a.Last < b.Last ? a.Last : b.Last);
    }

    /// <summary>Cuts a range where any of the others begins or ends, in order of the addresses.</summary>
    public static IEnumerable<AddressRange> Cut(AddressRange range, IEnumerable<AddressRange> others)
    {
        var starts = new SortedSet<UInt128>();
        foreach (var other in others)
        {
            if (Intersect(range, other) is not { } shared) continue;
            if (shared.First > range.First) starts.Add(shared.First.Value);
            if (shared.Last < range.Last) starts.Add(shared.Last.Value + 1);
        }

        var first = range.First;
        foreach (var start in starts)
        {
            yield return new AddressRange(first, new Address(first.Family, start - 1));
            first = new Address(first.Family, start);
        }

        yield return new AddressRange(first, range.Last);
    }

    /// <summary>Whether one range follows right after another.</summary>
    public static bool Touch(AddressRange before, AddressRange after) =>
        before.Last.Family == after.First.Family && before.Last != Address.Max(before.Last.Family) && before.Last.Value + 1 == after.First.Value;

    /// <summary>The same addresses in order, neither overlapping nor touching.</summary>
    public static ImmutableArray<AddressRange> Join(IEnumerable<AddressRange> ranges)
    {
        var result = ImmutableArray.CreateBuilder<AddressRange>();
        foreach (var range in ranges.OrderBy(range => range.First))
        {
            if (result.Count > 0 && result[^1] is var last && (Intersect(last, range) is not null || Touch(last, range)))
                result[^1] = new AddressRange(last.First, range.Last > last.Last ? range.Last : last.Last);
            else result.Add(range);
        }

        return result.ToImmutable();
    }

    /// <summary>What is left of a range.</summary>
    /// <param name="range">The range.</param>
    /// <param name="holes">What to take out of it: joined.</param>
    public static IEnumerable<AddressRange> Without(AddressRange range, ImmutableArray<AddressRange> holes)
    {
        var (first, family) = (range.First.Value, range.First.Family);
        foreach (var hole in holes)
        {
            if (hole.First.Family != family || hole.Last < new Address(family, first) || hole.First > range.Last) continue;
            if (hole.First.Value > first) yield return new AddressRange(new Address(family, first), new Address(family, hole.First.Value - 1));
            if (hole.Last >= range.Last) yield break;
            first = hole.Last.Value + 1;
        }

        yield return new AddressRange(new Address(family, first), range.Last);
    }

    /// <summary>Blocks that hold exactly these addresses, with as few CIDRs in all as can be, those of exceptions counted.</summary>
    /// <param name="ranges">The addresses: joined.</param>
    public static IEnumerable<IpBlock> Blocks(ImmutableArray<AddressRange> ranges)
    {
        foreach (var family in ranges.Select(range => range.First.Family).Distinct())
            foreach (var block in Cover(new Prefix(Address.Min(family), 0), [.. ranges.Where(range => range.First.Family == family)]))
                yield return block;
    }

    private static List<IpBlock> Cover(Prefix prefix, ImmutableArray<AddressRange> ranges)
    {
        var inside = Inside(prefix, ranges);
        if (inside.IsEmpty) return [];
        if (inside is [var one] && one.First == prefix.First && one.Last == prefix.Last) return [new IpBlock(prefix, [])];
        var (low, high) = Halves(prefix);
        List<IpBlock> apart = [.. Cover(low, inside), .. Cover(high, inside)];
        if (apart is [{ Except.IsEmpty: true }]) return apart;
        var holes = Join(Without(new AddressRange(prefix.First, prefix.Last), inside)).SelectMany(Prefixes).ToImmutableArray();
        return 1 + holes.Length < apart.Sum(block => 1 + block.Except.Length) ? [new IpBlock(prefix, holes)] : apart;
    }

    /// <summary>The fewest CIDRs that are exactly a range.</summary>
    public static IEnumerable<Prefix> Prefixes(AddressRange range)
    {
        var (first, family) = (range.First, range.First.Family);
        while (true)
        {
            var length = Address.Bits(family);
            while (length > 0 && new Prefix(first, length - 1) is var wider && wider.First == first && wider.Last <= range.Last) length--;
            var prefix = new Prefix(first, length);
            yield return prefix;
            if (prefix.Last == range.Last) yield break;
            first = new Address(family, prefix.Last.Value + 1);
        }
    }

    private static ImmutableArray<AddressRange> Inside(Prefix prefix, ImmutableArray<AddressRange> ranges) =>
        [.. ranges.Select(range => Intersect(range, new AddressRange(prefix.First, prefix.Last))).OfType<AddressRange>()];

    private static (Prefix Low, Prefix High) Halves(Prefix prefix)
    {
        var low = new Prefix(prefix.First, prefix.Length + 1);
        return (low, new Prefix(new Address(prefix.Family, low.Last.Value + 1), prefix.Length + 1));
    }
}
