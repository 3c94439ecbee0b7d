using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Oracle;

/// <summary>One end of a flow: a pod, or an address that is no pod's.</summary>
internal readonly record struct End(Pod? Pod, Address Address)
{
    public static End Of(Pod pod) => new(pod, default);

    /// <summary>A pod of a cluster; on its node's network it has the node's addresses where its status tells none.</summary>
    public static End Of(Pod pod, ClusterObjects cluster)
    {
        var tellsNone = pod.HostAddresses.IsEmpty && pod.Addresses.IsEmpty && pod.Phase != PodPhase.Pending;
        var node = cluster.Nodes.FirstOrDefault(node => node.Name == pod.NodeName);
        return Of(pod.Network.HostNetwork && tellsNone && node is not null ? pod with { HostAddresses = node.Addresses } : pod);
    }

    public static End Of(Address address) => new(null, address);

    /// <summary>Selectors see only pods with a network of their own.</summary>
    public bool IsOrdinaryPod => Pod is { Network.HostNetwork: false };

    /// <summary>The addresses that an ipBlock sees; those of its node for a pod on the host's network.</summary>
    public ImmutableArray<Address> Addresses => Pod switch
    {
        null => [Address],
        { Network.HostNetwork: true, HostAddresses.IsEmpty: false } => Pod.HostAddresses,
        _ => Pod.Addresses,
    };

    /// <summary>A pending pod without an address is no peer yet.</summary>
    public bool IsNoPeerYet => Pod is { Phase: PodPhase.Pending } && Addresses.IsEmpty;

    /// <summary>Any other pod has an address, or will have one; the input may lack it.</summary>
    public bool HasUnknownAddress => Addresses.IsEmpty && !IsNoPeerYet;

    public bool IsSame(End other) =>
        Pod is null ? other.Pod is null && Address == other.Address
        : other.Pod is not null && Pod.Namespace == other.Pod.Namespace && Pod.Name == other.Pod.Name;

    public override string ToString() => Pod?.QualifiedName ?? Address.ToString();
}
