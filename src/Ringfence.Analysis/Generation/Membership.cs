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

    /// <summary>Where ranges of wanted flows begin or have just ended.</summary>
    public IReadOnlyCollection<Address> Starts => _starts;

    /// <summary>The sides that a pod belongs to, in order. On its node's network it belongs to addresses and to everyone alone.</summary>
    public int[] SidesOf(int number)
    {
        var pod = _snapshot.Pods[number].Pod;
        var sides = new List<int>(_selected.GetValueOrDefault(number) ?? []);
        for (var i = 0; i < _sides.Count; i++)
            if (_sides[i] is not SelectedSide && Holds(_sides[i], pod)) sides.Add(i);
        return [.. sides.Order()];
    }

    /// <summary>What is wanted between pods.</summary>
    public ConnectionSet Wanted(int[] sources, int[] destinations, Pod destination)
    {
        var wanted = ConnectionSet.None;
        foreach (var source in sources)
            foreach (var (to, ports) in From(source))
                if (Array.BinarySearch(destinations, to) >= 0) wanted = wanted.Union(ports.At(destination));
        return wanted;
    }

    /// <summary>What is wanted from pods to addresses.</summary>
    public ConnectionSet WantedTo(int[] sources, AddressRange range)
    {
        var wanted = ConnectionSet.None;
        foreach (var source in sources)
            foreach (var (to, ports) in From(source))
                if (Holds(_sides[to], range)) wanted = wanted.Union(ports.Numbers);
        return wanted;
    }

    /// <summary>What is wanted from addresses to pods.</summary>
    public ConnectionSet WantedFrom(AddressRange range, int[] destinations, Pod destination)
    {
        var wanted = ConnectionSet.None;
        foreach (var (source, flows) in _from)
        {
            if (!Holds(_sides[source], range)) continue;
            foreach (var (to, ports) in flows)
                if (Array.BinarySearch(destinations, to) >= 0) wanted = wanted.Union(ports.At(destination));
        }

        return wanted;
    }

    private List<(int Destination, FlowPorts Ports)> From(int side) => _from.GetValueOrDefault(side) ?? [];

    private int Id(FlowSide side)
    {
        if (_ids.TryGetValue(side, out var id)) return id;
        _ids[side] = id = _sides.Count;
        _sides.Add(side);
        if (side is SelectedSide selected)
            foreach (var pod in selected.Pods)
                if (_selected.TryGetValue(pod, out var sides)) sides.Add(id);
                else _selected[pod] = [id];
        if (side is AddressSide addresses)
            foreach (var range in addresses.Ranges)
            {
                _starts.Add(range.First);
                if (range.Last != Address.Max(range.Last.Family)) _starts.Add(new Address(range.Last.Family, range.Last.Value + 1));
            }

        return id;
    }

    private static bool Holds(FlowSide side, Pod pod) => side switch
    {
        NamespaceSide all => !pod.Network.HostNetwork && pod.Namespace == all.Namespace,
        ClusterSide => !pod.Network.HostNetwork,
        AddressSide addresses => pod.Network.HostNetwork && (pod.HostAddresses.IsEmpty ? pod.Addresses : pod.HostAddresses).Any(address => Holds(addresses, new AddressRange(address, address))),
        _ => true,
    };

    private static bool Holds(FlowSide side, AddressRange range) => side switch
    {
        AddressSide addresses => addresses.Ranges.Any(own => own.First <= range.First && range.Last <= own.Last),
        EveryoneSide => true,
        _ => false,
    };
}
