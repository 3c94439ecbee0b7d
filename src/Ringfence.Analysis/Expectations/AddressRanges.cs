using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Expectations;

/// <summary>Ranges of addresses as sets.</summary>
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
}
