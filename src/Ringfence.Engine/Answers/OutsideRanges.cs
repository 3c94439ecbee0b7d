using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>Cuts the address space where ipBlocks of one direction tell addresses apart.</summary>
internal static class OutsideRanges
{
    /// <summary>The ranges of a family: rising, without gaps, neighbours held by different blocks.</summary>
    public static IEnumerable<AddressRange> Cut(IpFamily family, IReadOnlyCollection<Peer> blocks)
    {
        var index = new AddressIndex();
        var starts = new SortedSet<UInt128> { UInt128.Zero };
        var last = Address.Max(family).Value;
        foreach (var peer in blocks)
        {
            var block = peer.Key.Block!;
            if (block.Cidr.Family != family) continue;
            index.Add(peer);
            Bound(block.Cidr);
            foreach (var except in block.Except)
                if (except.Family == family) Bound(except);
        }

        var from = UInt128.Zero;
        List<int>? held = null;
        foreach (var start in starts)
        {
            var now = new List<int>();
            index.Find(new Address(family, start), now);
            now.Sort();
            if (held is not null && !now.SequenceEqual(held))
            {
                yield return Range(from, start - 1);
                from = start;
            }

            held = now;
        }

        yield return Range(from, last);

        void Bound(Prefix prefix)
        {
            starts.Add(prefix.First.Value);
            if (prefix.Last.Value < last) starts.Add(prefix.Last.Value + 1);
        }

        AddressRange Range(UInt128 first, UInt128 end) => new(new Address(family, first), new Address(family, end));
    }

    /// <summary>The families that the input knows of: IPv4 always, IPv6 where an address or a block has it.</summary>
    public static ImmutableArray<IpFamily> Families(Snapshot snapshot, CompiledForm form)
    {
        var six = form.Blocks(Direction.Ingress).Concat(form.Blocks(Direction.Egress)).Any(peer => peer.Key.Block!.Cidr.Family == IpFamily.V6)
            || snapshot.Objects.Nodes.Any(node => HasSix(node.Addresses))
            || snapshot.Pods.Any(pod => HasSix(pod.Pod.Addresses));
        return six ? [IpFamily.V4, IpFamily.V6] : [IpFamily.V4];
    }

    private static bool HasSix(ImmutableArray<Address> addresses)
    {
        foreach (var address in addresses)
            if (address.Family == IpFamily.V6) return true;
        return false;
    }
}
