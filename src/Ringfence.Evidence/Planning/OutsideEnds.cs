using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Evidence.Probes;
using Ringfence.Model;

namespace Ringfence.Evidence.Planning;

/// <summary>The addresses that stand for what is outside the cluster, at least one for each range that policies tell apart.</summary>
internal sealed class OutsideEnds
{
    private const string Everything = "external";
    private const string Rest = "other external";

    public OutsideEnds(ImmutableArray<ViewEntry> ranges, ImmutableArray<Address> addresses)
    {
        var widest = ranges.GroupBy(Family).Select(family => family.MaxBy(Size)!).ToHashSet();
        var several = ranges.Length > widest.Count;
        var every = ImmutableArray.CreateBuilder<ProbeEnd>();
        var ends = ImmutableArray.CreateBuilder<ProbeEnd>();
        var missing = ImmutableArray.CreateBuilder<ViewEntry>();
        foreach (var range in ranges)
        {
            var found = addresses.Where(address => range.Range!.Value.First <= address && address <= range.Range.Value.Last && address.Family == Family(range)).ToArray();
            var name = !several ? Everything : widest.Contains(range) ? Rest : range.Name;
            every.AddRange(found.Select(address => new ProbeEnd(address.ToString(), address, IsPod: false) { Workload = name }));
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

    private static UInt128 Size(ViewEntry range) => range.Range!.Value.Last.Value - range.Range.Value.First.Value;
}
