using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>Which sides of wanted flows a pod belongs to, and what is wanted between pods of given sides.</summary>
internal sealed class Membership
{
    private readonly Snapshot _snapshot;
    private readonly Dictionary<FlowSide, int> _ids = [];
    private readonly List<FlowSide> _sides = [];
    private readonly Dictionary<int, List<(int Destination, FlowPorts Ports)>> _from = [];
    private readonly Dictionary<int, List<int>> _selected = [];
    private readonly Dictionary<string, List<int>> _namespaces = new(StringComparer.Ordinal);
    private readonly List<int> _cluster = [];
    private readonly List<int> _everyone = [];
    private readonly List<int> _addresses = [];
    private readonly SortedSet<Address> _starts = [];

    public Membership(Snapshot snapshot, IReadOnlyList<FoundFlow> flows)
    {
        _snapshot = snapshot;
        foreach (var flow in flows)
        {
            var (source, destination) = (Id(flow.Source), Id(flow.Destination));
            if (!_from.TryGetValue(source, out var wanted)) _from[source] = wanted = [];
            wanted.Add((destination, flow.Ports));
        }
    }

    /// <summary>The parts of a range that no wanted range tells apart, in order.</summary>
    public IEnumerable<AddressRange> Cut(AddressRange range)
    {
        var first = range.First;
        foreach (var start in _starts.GetViewBetween(range.First, range.Last))
        {
            if (start == first) continue;
            yield return new AddressRange(first, new Address(start.Family, start.Value - 1));
            first = start;
        }

        yield return new AddressRange(first, range.Last);
    }

    /// <summary>The sides that a pod belongs to, in order. On its node's network it belongs to addresses and to everyone alone.</summary>
    public int[] SidesOf(int number)
    {
        var pod = _snapshot.Pods[number].Pod;
        var sides = new List<int>(_everyone);
        if (pod.Network.HostNetwork)
        {
            var own = pod.HostAddresses.IsEmpty ? pod.Addresses : pod.HostAddresses;
            sides.AddRange(_addresses.Where(side => own.Any(address => Holds(side, new AddressRange(address, address)))));
        }
        else
        {
            sides.AddRange(_cluster);
            if (_selected.TryGetValue(number, out var selected)) sides.AddRange(selected);
            if (_namespaces.TryGetValue(pod.Namespace, out var all)) sides.AddRange(all);
        }

        return [.. sides.Order()];
    }

    /// <summary>The sides that hold all of a range, in order.</summary>
    public int[] SidesOf(AddressRange range) => [.. _everyone.Concat(_addresses.Where(side => Holds(side, range))).Order()];

    /// <summary>What is wanted between ends.</summary>
    /// <param name="sources">The sides of the source.</param>
    /// <param name="destinations">The sides of the destination.</param>
    /// <param name="destination">The pod, whose ports stand for names; null for addresses.</param>
    public ConnectionSet Wanted(int[] sources, int[] destinations, Pod? destination)
    {
        var wanted = ConnectionSet.None;
        if (destinations.Length == 0) return wanted;
        foreach (var source in sources)
        {
            if (!_from.TryGetValue(source, out var flows)) continue;
            foreach (var (to, ports) in flows)
                if (Array.BinarySearch(destinations, to) >= 0) wanted = wanted.Union(destination is null ? ports.Numbers : ports.At(destination));
        }

        return wanted;
    }

    private bool Holds(int side, AddressRange range) =>
        ((AddressSide)_sides[side]).Ranges.Any(own => own.First <= range.First && range.Last <= own.Last);

    private int Id(FlowSide side)
    {
        if (_ids.TryGetValue(side, out var id)) return id;
        _ids[side] = id = _sides.Count;
        _sides.Add(side);
        switch (side)
        {
            case SelectedSide selected:
                foreach (var pod in selected.Pods) Add(_selected, pod, id);
                break;
            case NamespaceSide all:
                Add(_namespaces, all.Namespace, id);
                break;
            case AddressSide addresses:
                _addresses.Add(id);
                foreach (var range in addresses.Ranges)
                {
                    _starts.Add(range.First);
                    if (range.Last != Address.Max(range.Last.Family)) _starts.Add(new Address(range.Last.Family, range.Last.Value + 1));
                }

                break;
            default:
                (side is ClusterSide ? _cluster : _everyone).Add(id);
                break;
        }

        return id;
    }

    private static void Add<TKey>(Dictionary<TKey, List<int>> ids, TKey key, int id)
        where TKey : notnull
    {
        if (ids.TryGetValue(key, out var known)) known.Add(id);
        else ids[key] = [id];
    }
}
