using Ringfence.Dataplane.Links;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Model;

namespace Ringfence.Agent.Following;

/// <summary>What the node's interfaces say about whom they may belong to. Names that are not there (yet) may become a pod's.</summary>
internal sealed class NodeLinks
{
    /// <summary>No interfaces.</summary>
    public static readonly NodeLinks None = new([], [], []);

    private readonly Dictionary<string, string> _notOfPods;
    private readonly HashSet<string> _bridges;
    private readonly Dictionary<Address, string> _ways;

    /// <summary>Facts.</summary>
    /// <param name="notOfPods">Interfaces that are no pod's, with what they are instead.</param>
    /// <param name="bridges">Interfaces that several pods may share.</param>
    /// <param name="ways">By which interface single addresses are reached.</param>
    public NodeLinks(Dictionary<string, string> notOfPods, HashSet<string> bridges, Dictionary<Address, string> ways) =>
        (_notOfPods, _bridges, _ways) = (notOfPods, bridges, ways);

    /// <summary>Looks at a node's interfaces.</summary>
    /// <param name="network">The node's network.</param>
    /// <param name="nodeAddresses">The addresses by which the cluster knows nodes: whatever interface has one leads elsewhere.</param>
    /// <exception cref="Dataplane.Netlink.NetlinkException">The kernel does not list them.</exception>
    public static NodeLinks Read(NetworkNamespace network, IReadOnlySet<Address> nodeAddresses)
    {
        using var socket = RouteSocket.Open(network);
        var links = socket.Links();
        var names = links.ToDictionary(link => link.Index, link => link.Name);
        var others = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var link in links.Where(link => link.IsLoopback)) others[link.Name] = "the node's loopback";
        var ways = new Dictionary<Address, string>();
        foreach (var route in socket.Routes())
        {
            if (!names.TryGetValue(route.Link, out var name)) continue;
            if (route.Gateway is { } gateway) others.TryAdd(name, $"the way to {route.Destination} by {gateway}");
            else if (route.Destination.Length == Address.Bits(route.Destination.Family)) ways[route.Destination.Address] = name;
        }

        foreach (var address in socket.Addresses())
            if (nodeAddresses.Contains(address.Address) && names.TryGetValue(address.Link, out var name)) others.TryAdd(name, $"the node's own, with the address {address.Address}");
        return new(others, [.. links.Where(link => link.IsBridge).Select(link => link.Name)], ways);
    }

    /// <summary>By which interface an address alone is reached; null where no route says so.</summary>
    public string? WayTo(Address address) => _ways.GetValueOrDefault(address);

    /// <summary>What an interface is, where it cannot be a pod's; null where it can.</summary>
    public string? NotOfPods(string name) => _notOfPods.GetValueOrDefault(name);

    /// <summary>Whether several pods may have an interface.</summary>
    public bool IsShared(string name) => _bridges.Contains(name);
}
