using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Dataplane.Compilation;

/// <summary>Address ranges as interval sets want them: rising, neither overlapping nor touching.</summary>
internal static class Ranges
{
    /// <summary>The addresses of one family that some of the blocks hold, exceptions subtracted.</summary>
    public static List<AddressRange> Of(IEnumerable<IpBlock> blocks, IpFamily family)
    {
        var pieces = new List<AddressRange>();
        foreach (var block in blocks)
            if (block.Cidr.Family == family) pieces.AddRange(Subtract(block));
        return Merge(pieces);
    }

    /// <summary>The addresses of one family that some of the prefixes hold.</summary>
    public static List<AddressRange> Of(IEnumerable<Prefix> prefixes, IpFamily family) =>
        Merge([.. prefixes.Where(prefix => prefix.Family == family).Select(prefix => new AddressRange(prefix.First, prefix.Last))]);

    private static IEnumerable<AddressRange> Subtract(IpBlock block)
    {
        var (family, next, last) = (block.Cidr.Family, block.Cidr.First.Value, block.Cidr.Last.Value);
        foreach (var except in block.Except.Where(except => except.Family == family).OrderBy(except => except.First))
        {
            if (except.Last.Value < next) continue;
            if (except.First.Value > next) yield return new AddressRange(new(family, next), new(family, except.First.Value - 1));
            if (except.Last.Value >= last) yield break;
            next = except.Last.Value + 1;
        }

        yield return new AddressRange(new(family, next), new(family, last));
    }

    private static List<AddressRange> Merge(List<AddressRange> pieces)
    {
        pieces.Sort((x, y) => x.First.CompareTo(y.First));
        var merged = new List<AddressRange>();
        foreach (var piece in pieces)
        {
            // The last address of a family has no next one.
            if (merged.Count > 0 && (merged[^1].Last >= piece.First || merged[^1].Last.Value + 1 == piece.First.Value))
                merged[^1] = new AddressRange(merged[^1].First, merged[^1].Last > piece.Last ? merged[^1].Last : piece.Last);
            else
                merged.Add(piece);
        }

        return merged;
    }
}
