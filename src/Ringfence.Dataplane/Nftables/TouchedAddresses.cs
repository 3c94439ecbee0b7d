using Ringfence.Dataplane.Flows;
using Ringfence.Dataplane.Rules;
using Ringfence.Model;

namespace Ringfence.Dataplane.Nftables;

/// <summary>Finds whose packets a change of the table concerns. Chains never change their rules: a pod whose rules do has another entry in a map.</summary>
internal static class TouchedAddresses
{
    // Beyond so many, looking at every flow is as cheap.
    private const int Most = 4096;
    private const int InterfaceLength = 16;

    // The chain that all nodes have; what may differ there is what is logged.
    private const string BaseChain = "forward";

    /// <summary>The addresses; null where any may be concerned.</summary>
    public static HashSet<Address>? Of(TableDifference difference)
    {
        if (difference.RewrittenChains.Any(chain => chain.Name != BaseChain)) return null;
        var touched = new HashSet<Address>();
        foreach (var set in difference.ChangedSets)
        {
            if (set.Set.Kind is SetKind.Interface or SetKind.Port or SetKind.Icmpv6Type) continue;
            if (set.Set.IsInterval || touched.Count + set.Added.Count + set.Removed.Count > Most) return null;
            Add(set.Set.Kind, set.Added, touched);
            Add(set.Set.Kind, set.Removed, touched);
        }

        return touched;
    }

    private static void Add(SetKind kind, IReadOnlyList<SetElement> elements, HashSet<Address> touched)
    {
        var (start, length) = kind switch
        {
            SetKind.Ipv4 or SetKind.Ipv4Pair or SetKind.Ipv4Port => (0, 4),
            SetKind.InterfaceIpv4 => (InterfaceLength, 4),
            SetKind.InterfaceIpv6 => (InterfaceLength, 16),
            _ => (0, 16),
        };
        Span<byte> buffer = stackalloc byte[32];
        foreach (var element in elements) touched.Add(AddressBytes.Read(element.Key.Write(buffer).Slice(start, length)));
    }
}
