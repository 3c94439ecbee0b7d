using System.Runtime.InteropServices;
using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

/// <summary>
/// Finds the ipBlock peers that hold an address: peers lie in a table by their CIDR, and only the prefix lengths that occur are looked up.
/// </summary>
internal sealed class AddressIndex
{
    private readonly Dictionary<Prefix, List<Peer>> _byCidr = [];
    private readonly Dictionary<(IpFamily, int), int> _lengthUses = [];
    private (IpFamily Family, int Length)[] _lengths = [];

    /// <summary>Whether any ipBlock is known.</summary>
    public bool IsEmpty => _byCidr.Count == 0;

    /// <summary>All ipBlock peers.</summary>
    public IEnumerable<Peer> Peers => _byCidr.Values.SelectMany(list => list);

    public void Add(Peer peer)
    {
        var cidr = peer.Key.Block!.Cidr;
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_byCidr, cidr, out var known);
        (list ??= []).Add(peer);
        if (known) return;
        ref var uses = ref CollectionsMarshal.GetValueRefOrAddDefault(_lengthUses, (cidr.Family, cidr.Length), out var lengthKnown);
        uses++;
        if (!lengthKnown) _lengths = [.. _lengthUses.Keys];
    }

    public void Remove(Peer peer)
    {
        var cidr = peer.Key.Block!.Cidr;
        var list = _byCidr[cidr];
        list.Remove(peer);
        if (list.Count > 0) return;
        _byCidr.Remove(cidr);
        ref var uses = ref CollectionsMarshal.GetValueRefOrNullRef(_lengthUses, (cidr.Family, cidr.Length));
        if (--uses > 0) return;
        _lengthUses.Remove((cidr.Family, cidr.Length));
        _lengths = [.. _lengthUses.Keys];
    }

    /// <summary>Adds to <paramref name="result"/> the numbers of the peers that hold <paramref name="address"/>.</summary>
    public void Find(Address address, List<int> result)
    {
        foreach (var (family, length) in _lengths)
        {
            if (family != address.Family || !_byCidr.TryGetValue(new Prefix(address, length), out var peers)) continue;
            foreach (var peer in peers)
                if (peer.Key.Block!.Contains(address)) result.Add(peer.Id);
        }
    }
}
