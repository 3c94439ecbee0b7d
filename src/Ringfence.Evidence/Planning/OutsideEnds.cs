using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Evidence.Probes;
using Ringfence.Model;

namespace Ringfence.Evidence.Planning;

/// <summary>The addresses that stand for what is outside the cluster: one for each range that policies tell apart.</summary>
internal sealed class OutsideEnds
{
    private const string Everything = "external";
    private const string Rest = "other external";

    public OutsideEnds(ImmutableArray<ViewEntry> ranges, ImmutableArray<Address> addresses)
    {
        var widest = ranges.GroupBy(Family).Select(family => family.MaxBy(Size)!).ToHashSet();
        var several = ranges.Length > widest.Count;
        var ends = ImmutableArray.CreateBuilder<ProbeEnd>();
        var missing = ImmutableArray.CreateBuilder<ViewEntry>();
        foreach (var range in ranges)
        {
            var found = addresses.Where(address => range.Range!.Value.First <= address && address <= range.Range.Value.Last && address.Family == Family(range)).ToArray();
            if (found.Length > 0) ends.Add(new ProbeEnd(found[0].ToString(), found[0], IsPod: false) { Workload = !several ? Everything : widest.Contains(range) ? Rest : range.Name });
            else if (addresses.Any(address => address.Family == Family(range))) missing.Add(range);
        }

        Ends = ends.DrainToImmutable();
        Missing = missing.DrainToImmutable();
    }

    /// <summary>The addresses.</summary>
    public ImmutableArray<ProbeEnd> Ends { get; }

    /// <summary>The ranges of which no address can be probed.</summary>
    public ImmutableArray<ViewEntry> Missing { get; }

    private static IpFamily Family(ViewEntry range) => range.Range!.Value.First.Family;

    private static UInt128 Size(ViewEntry range) => range.Range!.Value.Last.Value - range.Range.Value.First.Value;
}
