using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Evidence.Probes;
using Ringfence.Model;

namespace Ringfence.Evidence.Planning;

/// <summary>The addresses that stand for what is outside the cluster, at least one for each range that policies tell apart.</summary>
internal sealed class OutsideEnds
{
    /// <param name="ranges">The ranges of one direction.</param>
    /// <param name="addresses">The addresses that can be probed.</param>
    /// <param name="signature">What policies make of a range: those that they treat alike get one name.</param>
    public OutsideEnds(ImmutableArray<ViewEntry> ranges, ImmutableArray<Address> addresses, Func<ViewEntry, IEnumerable<Reach>> signature)
    {
        var names = RangeGroup.Of(ranges, signature).SelectMany(group => group.Ranges.Select(range => (range, group.Name))).ToDictionary(item => item.range, item => item.Name);
        var every = ImmutableArray.CreateBuilder<ProbeEnd>();
        var ends = ImmutableArray.CreateBuilder<ProbeEnd>();
        var missing = ImmutableArray.CreateBuilder<ViewEntry>();
        foreach (var range in ranges)
        {
            var found = addresses.Where(address => range.Range!.Value.First <= address && address <= range.Range.Value.Last && address.Family == Family(range)).ToArray();
            every.AddRange(found.Select(address => new ProbeEnd(address.ToString(), address, IsPod: false) { Workload = names[range] }));
            if (found.Length > 0) ends.Add(every[^1]);
            else if (addresses.Any(address => address.Family == Family(range))) missing.Add(range);
        }

        All = every.DrainToImmutable();
        OneOfEach = ends.DrainToImmutable();
        Missing = missing.DrainToImmutable();
    }

    /// <summary>Every address.</summary>
    public ImmutableArray<ProbeEnd> All { get; }

    /// <summary>One address of each range.</summary>
    public ImmutableArray<ProbeEnd> OneOfEach { get; }

    /// <summary>The ranges of which no address can be probed.</summary>
    public ImmutableArray<ViewEntry> Missing { get; }

    private static IpFamily Family(ViewEntry range) => range.Range!.Value.First.Family;
}
