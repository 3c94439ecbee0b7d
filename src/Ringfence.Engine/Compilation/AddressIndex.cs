using System.Runtime.InteropServices;
using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

/// <summary>
/// Finds the ipBlock peers that hold an address: peers lie in a table by their CIDR, and only the prefix lengths that occur are looked up.
/// </summary>
internal sealed class AddressIndex
{
    private readonly Dictionary<CidrKey, List<Peer>> _byCidr = [];

    // By family: how many CIDRs have each length, and the lengths in use.
    private readonly int[][] _lengthUses = [new int[33], new int[129]];
    private readonly int[][] _lengths = [[], []];
    private int _podBlocks;

    /// <summary>Whether no ipBlock is known.</summary>
    public bool IsEmpty => _byCidr.Count == 0;

    /// <summary>Whether some block may hold a pod whose address the input lacks.</summary>
    public bool MayHoldPods => _podBlocks > 0;

    /// <summary>All ipBlock peers.</summary>
    public IEnumerable<Peer> Peers => _byCidr.Values.SelectMany(list => list);

    public void Add(Peer peer)
    {
        var cidr = peer.Key.Block!.Cidr;
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_byCidr, CidrKey.Of(cidr), out var known);
        (list ??= []).Add(peer);
        if (peer.MayHoldPod) _podBlocks++;
        if (!known) CountLength(cidr, 1);
    }

    public void Remove(Peer peer)
    {
        var cidr = peer.Key.Block!.Cidr;
        var list = _byCidr[CidrKey.Of(cidr)];
        list.Remove(peer);
        if (peer.MayHoldPod) _podBlocks--;
        if (list.Count > 0) return;
        _byCidr.Remove(CidrKey.Of(cidr));
        CountLength(cidr, -1);
    }

    /// <summary>Adds to <paramref name="result"/> the numbers of the peers that hold <paramref name="address"/>.</summary>
    public void Find(Address address, List<int> result)
    {
        var (high, low) = CidrKey.Split(address);
        foreach (var length in _lengths[(int)address.Family])
        {
            if (!_byCidr.TryGetValue(CidrKey.Of(high, low, length, address.Family), out var peers)) continue;
            foreach (var peer in peers)
                if (peer.Key.Block!.Contains(address)) result.Add(peer.Id);
        }
    }

    private void CountLength(Prefix cidr, int by)
    {
        var uses = _lengthUses[(int)cidr.Family];
        uses[cidr.Length] += by;
        _lengths[(int)cidr.Family] = [.. Enumerable.Range(0, uses.Length).Where(length => uses[length] > 0)];
    }

    /// <summary>A CIDR as plain numbers, cheap to hash; the address stands in the top bits, IPv4 as well.</summary>
    private readonly record struct CidrKey(ulong High, ulong Low, int Length, IpFamily Family)
    {
        public static CidrKey Of(Prefix prefix)
        {
            var (high, low) = Split(prefix.Address);
            return new(high, low, prefix.Length, prefix.Family);
        }

        public static CidrKey Of(ulong high, ulong low, int length, IpFamily family) =>
            new(Keep(high, length), Keep(low, length - 64), length, family);

        public static (ulong High, ulong Low) Split(Address address) => address.Family == IpFamily.V4
            ? ((ulong)address.Value << 32, 0)
            : ((ulong)(address.Value >> 64), (ulong)address.Value);

        public override int GetHashCode() => HashCode.Combine(High, Low, Length);

        // The first bits of a word; a shift by all of its bits would be one by none.
        private static ulong Keep(ulong word, int bits) => bits <= 0 ? 0 : bits >= 64 ? word : word & (ulong.MaxValue << (64 - bits));
    }
}
