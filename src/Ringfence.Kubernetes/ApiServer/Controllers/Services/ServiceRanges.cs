using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>What Services' addresses and node ports are taken from.</summary>
/// <param name="Blocks">The ranges of cluster addresses, at most one a family; the first one's family is the cluster's own.</param>
public sealed record ServiceRanges(ImmutableArray<Prefix> Blocks)
{
    /// <summary>Both families, IPv4 first.</summary>
    public static ServiceRanges Default { get; } = new([Prefix.Parse("10.96.0.0/16"), Prefix.Parse("fd00:10:96::/112")]);

    /// <summary>The lowest node port.</summary>
    public int FirstNodePort { get; init; } = 30000;

    /// <summary>The highest node port.</summary>
    public int LastNodePort { get; init; } = 32767;

    /// <summary>The families, the cluster's own first.</summary>
    public IEnumerable<IpFamily> Families => Blocks.Select(block => block.Family);

    /// <summary>The range of a family; null where the cluster has none.</summary>
    public Prefix? Of(IpFamily family)
    {
        foreach (var block in Blocks)
            if (block.Family == family) return block;
        return null;
    }

    /// <summary>The address of the Service <c>default/kubernetes</c> of a range: its first.</summary>
    public static Address ServerAddress(Prefix block) => At(block, 1);

    /// <summary>An address by its place in a range.</summary>
    internal static Address At(Prefix block, ulong place) => new(block.Family, block.First.Value + place);
}
