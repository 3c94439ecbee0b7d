using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

/// <summary>
/// Where a pod's address lies when the input does not tell it: Kubernetes names no range, so this is our inference. Clusters number their pods
/// from the private ranges of RFC 1918, the shared range of RFC 6598 or, for IPv6, unique local or global addresses.
/// </summary>
internal static class PodRanges
{
    private static readonly ImmutableArray<Prefix> All =
    [
        Prefix.Parse("10.0.0.0/8"), Prefix.Parse("172.16.0.0/12"), Prefix.Parse("192.168.0.0/16"), Prefix.Parse("100.64.0.0/10"),
        Prefix.Parse("fc00::/7"), Prefix.Parse("2000::/3"),
    ];

    /// <summary>Whether a block, less its exceptions, holds an address that a pod may have.</summary>
    public static bool MayHoldPod(IpBlock block)
    {
        foreach (var range in All)
            if (range.Family == block.Cidr.Family && HoldsSomeOf(range, block)) return true;
        return false;
    }

    private static bool HoldsSomeOf(Prefix range, IpBlock block)
    {
        // Prefixes are nested or apart: what they share is the longer one.
        var shared = range.Length > block.Cidr.Length ? range : block.Cidr;
        if (!range.Contains(shared.First) || !block.Cidr.Contains(shared.First)) return false;
        var next = shared.First.Value;
        foreach (var except in block.Except.OrderBy(except => except.First.Value))
        {
            if (except.Last.Value < next) continue;
            if (except.First.Value > next) return true;
            if (except.Last.Value >= shared.Last.Value) return false;
            next = except.Last.Value + 1;
        }

        return true;
    }
}
