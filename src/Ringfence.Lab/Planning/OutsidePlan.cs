using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Lab.Planning;

/// <summary>The outside world's addresses: well-known ones, and one of each range that policies tell apart.</summary>
internal static class OutsidePlan
{
    // The first address of a block looks like the block itself to people.
    private const int PreferredPlace = 10;

    public static ImmutableArray<Address> Choose(Reachability state, LabPlan plan, LabFamilies families)
    {
        var wanted = LabAddresses.Families(families);
        var chosen = new SortedSet<Address>(LabAddresses.Outside.Where(address => wanted.Contains(address.Family)));
        var taken = plan.OddAddresses.Select(odd => odd.Address).ToHashSet();
        var view = ClusterView.Create(state);
        foreach (var entry in view.OutsideSources.Concat(view.OutsideDestinations))
            if (entry.Range is { } range && wanted.Contains(range.First.Family) && !chosen.Any(address => range.First <= address && address <= range.Last)
                && Usable(range, taken) is { } address)
                chosen.Add(address);
        return [.. chosen];
    }

    private static Address? Usable(AddressRange range, HashSet<Address> taken)
    {
        // Behind the range's beginning and behind every block that is not outside.
        var starts = LabAddresses.NotOutside.Where(block => block.Family == range.First.Family && block.Last < range.Last)
            .Select(block => block.Last.Value + 1)
            .Where(value => value > range.First.Value)
            .Prepend(range.First.Value);
        foreach (var start in starts)
            foreach (var value in new[] { start + PreferredPlace, start })
            {
                var address = new Address(range.First.Family, value);
                if (address >= range.First && address <= range.Last && !taken.Contains(address) && !LabAddresses.NotOutside.Any(block => block.Contains(address)))
                    return address;
            }

        return null;
    }
}
