using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ringfence.Dataplane.Links;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Lab.Planning;
using Ringfence.Model;

namespace Ringfence.Lab.Network;

/// <summary>All namespaces of a lab and what joins them. One caller at a time.</summary>
internal sealed class LabNetwork : IDisposable
{
    private readonly ImmutableArray<IpFamily> _families;
    private readonly ImmutableArray<PlannedNode> _nodes;
    private readonly ConcurrentDictionary<string, PodNetwork> _pods = new(StringComparer.Ordinal);
    private readonly NetworkNamespace _underlay;
    private readonly NodeNetwork[] _members;
    private ImmutableHashSet<Address> _outside = [];
    private Dictionary<Address, int> _odd = [];

    private LabNetwork(ImmutableArray<IpFamily> families, ImmutableArray<PlannedNode> nodes)
    {
        (_families, _nodes) = (families, nodes);
        _underlay = NetworkNamespace.Create();
        _members = new NodeNetwork[nodes.Length + 1];
    }

    /// <summary>The outside world.</summary>
    public NetworkNamespace Outside => _members[0].Namespace;

    /// <summary>A node's namespace.</summary>
    public NetworkNamespace NodeAt(int number) => _members[number].Namespace;

    /// <summary>The namespace of a pod that has its own.</summary>
    public NetworkNamespace PodNamed(string name) => _pods[name].Namespace;

    /// <summary>Makes the nodes, the outside and the network between them, without pods.</summary>
    public static LabNetwork Create(LabOptions options, ImmutableArray<PlannedNode> nodes)
    {
        var network = new LabNetwork(LabAddresses.Families(options.Families), nodes);
        try
        {
            network.Join();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Adds pods: their namespaces first, then all links of a node at once.</summary>
    /// <param name="pods">The pods.</param>
    /// <param name="coming">Told of each before it has a link; on several threads.</param>
    /// <param name="cancellation">Gives up between two pods.</param>
    public void AddPods(IReadOnlyCollection<PlannedPod> pods, Action<string, NetworkNamespace>? coming, CancellationToken cancellation)
    {
        Together.Do(pods, Make, cancellation);
        var byNode = pods.GroupBy(pod => pod.Node).ToList();
        Together.Do(byNode, node => _members[node.Key].AddPods([.. node.Select(pod => (pod, _pods[pod.Pod.QualifiedName]))]), cancellation);
        Together.Do(pods, pod => _pods[pod.Pod.QualifiedName].Connect(pod.Pod.Addresses), cancellation);

        void Make(PlannedPod pod)
        {
            var network = _pods[pod.Pod.QualifiedName] = PodNetwork.Create();
            coming?.Invoke(pod.Pod.QualifiedName, network.Namespace);
        }
    }

    /// <summary>Removes pods: their links go at once, their namespaces when the last socket in them closes.</summary>
    public void RemovePods(IReadOnlyCollection<PlannedPod> pods)
    {
        foreach (var node in pods.GroupBy(pod => pod.Node)) _members[node.Key].RemovePods(node);
        foreach (var pod in pods)
            if (_pods.TryRemove(pod.Pod.QualifiedName, out var network)) network.Dispose();
    }

    /// <summary>Leads addresses that are not from their node's range to their nodes.</summary>
    public void RouteOdd(IEnumerable<(Address Address, int Node)> odd)
    {
        var wanted = odd.ToDictionary(item => item.Address, item => item.Node);
        var gone = _odd.Where(item => wanted.GetValueOrDefault(item.Key) != item.Value).ToList();
        var come = wanted.Where(item => _odd.GetValueOrDefault(item.Key) != item.Value).ToList();
        for (var member = 0; member < _members.Length; member++)
        {
            var batch = new RouteBatch();
            foreach (var (address, node) in gone)
                if (node != member) batch.RemoveRoute(Way(address, node));
            foreach (var (address, node) in come)
                if (node != member) batch.SetRoute(Way(address, node));
            _members[member].Commit(batch);
        }

        _odd = wanted;

        static Route Way(Address address, int node) =>
            new(new Prefix(address, Address.Bits(address.Family)), LinkNames.First, LabAddresses.NodeAddress(node, address.Family));
    }

    /// <summary>Gives the outside world its addresses. Those that it has it keeps: flows to them may go on.</summary>
    public void AddOutside(ImmutableArray<Address> addresses)
    {
        var batch = new RouteBatch();
        foreach (var address in addresses)
            if (!_outside.Contains(address)) batch.AddAddress(LinkNames.Loopback, address, Address.Bits(address.Family));
        _members[0].Commit(batch);
        _outside = _outside.Union(addresses);
    }

    /// <summary>Takes addresses from the outside world that are pods' now.</summary>
    public void RemoveOutside(IEnumerable<Address> addresses)
    {
        var gone = _outside.Intersect(addresses);
        var batch = new RouteBatch();
        foreach (var address in gone) batch.RemoveAddress(LinkNames.Loopback, address, Address.Bits(address.Family));
        _members[0].Commit(batch);
        _outside = _outside.Except(gone);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pod in _pods.Values) pod.Dispose();
        foreach (var member in _members) member?.Dispose();
        _underlay.Dispose();
    }

    private void Join()
    {
        const int Bridge = LinkNames.First;
        Sysctl.Write(_underlay, Switches.Everywhere);
        Together.Do(Enumerable.Range(0, _members.Length), number => _members[number] = NodeNetwork.Create());
        var batch = new RouteBatch();
        batch.AddBridge(new NewLink("underlay", Bridge, new([0x02, 0x72, 0x66, 3, 0, 0])));
        batch.SetUp(Bridge);
        for (var number = 0; number < _members.Length; number++)
        {
            var port = LinkNames.Port(number);
            batch.AddVeth(port, _members[number].Namespace, LinkNames.UnderlayLink(number));
            batch.SetBridge(port.Index, Bridge);
            batch.SetUp(port.Index);
        }

        using (var socket = RouteSocket.Open(_underlay)) socket.Commit(batch);
        for (var number = 0; number < _members.Length; number++) Configure(number);
    }

    private void Configure(int number)
    {
        var batch = new RouteBatch();
        batch.SetUp(LinkNames.Loopback);
        batch.SetUp(LinkNames.First);
        foreach (var family in _families)
        {
            batch.AddAddress(LinkNames.First, AddressOf(number, family), LabAddresses.Of(LabAddresses.Underlay, family).Length);
            for (var other = 0; other < _members.Length; other++)
            {
                if (other != number) batch.SetNeighbour(LinkNames.First, AddressOf(other, family), LinkNames.UnderlayMac(other));
                if (other == 0) continue;
                var range = LabAddresses.PodRange(other, family);
                batch.SetRoute(other == number
                    ? new Route(range, 0, Kind: RouteKind.Unreachable)
                    : new Route(range, LinkNames.First, AddressOf(other, family)));
            }

            if (number != 0) batch.SetRoute(new Route(new Prefix(Address.Min(family), 0), LinkNames.First, AddressOf(0, family)));
        }

        _members[number].Commit(batch);
    }

    private Address AddressOf(int number, IpFamily family) => number == 0 ? LabAddresses.Router(family) : _nodes[number - 1].Address(family);
}
