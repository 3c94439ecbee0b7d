using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>The addresses of a cluster's Services, nodes and pod ranges, for blocks that hold them.</summary>
internal sealed class ClusterAddresses
{
    private readonly ImmutableArray<(Address Address, Service Service)> _services;
    private readonly ImmutableArray<(Prefix Range, Node Node)> _podRanges;
    private readonly ImmutableArray<Address> _nodes;

    public ClusterAddresses(ClusterObjects objects)
    {
        _services = [.. objects.Services.SelectMany(service => service.ClusterIPs.Select(address => (address, service))).OrderBy(pair => pair.address)];
        _podRanges = [.. objects.Nodes.SelectMany(node => node.PodCidrs.Select(range => (range, node)))];
        _nodes = [.. objects.Nodes.SelectMany(node => node.Addresses)];
    }

    /// <summary>The node among whose pods' addresses a whole block lies; null where there is none.</summary>
    public Node? NodeOfPods(IpBlock block) => _podRanges.FirstOrDefault(pair => SpecialAddresses.Holds(pair.Range, block.Cidr)).Node;

    /// <summary>Whether a block holds some node, or pods of one.</summary>
    public bool HasNodesOrTheirPods(IpBlock block) =>
        _nodes.Any(block.Contains) || _podRanges.Any(pair => SpecialAddresses.Holds(pair.Range, block.Cidr) || block.Contains(pair.Range.First));

    /// <summary>The Services whose cluster address a block holds, by address.</summary>
    public IEnumerable<Service> Services(IpBlock block)
    {
        var (low, high) = (0, _services.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_services[middle].Address < block.Cidr.First) low = middle + 1;
            else high = middle;
        }

        for (; low < _services.Length && _services[low].Address <= block.Cidr.Last; low++)
            if (block.Contains(_services[low].Address)) yield return _services[low].Service;
    }
}
