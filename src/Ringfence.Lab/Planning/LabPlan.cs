using System.Collections.Immutable;
using Ringfence.Dataplane.Compilation;
using Ringfence.Model;

namespace Ringfence.Lab.Planning;

/// <summary>A node that is to be.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Node">The node as an object.</param>
internal sealed record PlannedNode(int Number, Node Node)
{
    /// <summary>Its address of a family.</summary>
    public Address Address(IpFamily family) => LabAddresses.NodeAddress(Number, family);
}

/// <summary>A pod that is to run.</summary>
/// <param name="Pod">The pod as an object: Running, with addresses and node.</param>
/// <param name="Node">Its node's number.</param>
/// <param name="Interface">Its interface on the node; null on the host's network.</param>
internal sealed record PlannedPod(Pod Pod, int Node, string? Interface)
{
    /// <summary>Whether the same namespace and addresses serve.</summary>
    public bool HasNetworkOf(PlannedPod other) =>
        Node == other.Node && Interface == other.Interface && Pod.Addresses.AsSpan().SequenceEqual(other.Pod.Addresses.AsSpan());
}

/// <summary>What a lab is to be: pure data.</summary>
/// <param name="Nodes">The nodes, by number.</param>
/// <param name="Pods">The pods by <c>ns/name</c>.</param>
/// <param name="State">The cluster as objects.</param>
/// <param name="Notes">Where the lab differs from what was asked for, in sentences.</param>
internal sealed record LabPlan(
    ImmutableArray<PlannedNode> Nodes, ImmutableSortedDictionary<string, PlannedPod> Pods, ClusterObjects State, ImmutableArray<string> Notes)
{
    /// <summary>The pods that cannot be, by <c>ns/name</c>, each with why.</summary>
    public ImmutableArray<(string Pod, string Why)> Unplaced { get; init; } = [];

    /// <summary>The addresses that are not from their node's range.</summary>
    public IEnumerable<(Address Address, int Node)> OddAddresses =>
        from pod in Pods.Values
        where pod.Interface is not null
        from address in pod.Pod.Addresses
        where !LabAddresses.PodRange(pod.Node, address.Family).Contains(address)
        select (address, pod.Node);

    /// <summary>What one node enforces.</summary>
    public NodeScope ScopeOf(PlannedNode node) => new(
        node.Node.Name,
        [
            .. node.Node.PodCidrs,
            .. OddAddresses.Where(odd => odd.Node == node.Number).Select(odd => new Prefix(odd.Address, Address.Bits(odd.Address.Family))),
        ],
        [
            .. Pods.Values.Where(pod => pod.Node == node.Number && pod.Interface is not null)
                .Select(pod => new LocalPod(pod.Pod.Namespace, pod.Pod.Name, pod.Interface!)),
        ]);
}
