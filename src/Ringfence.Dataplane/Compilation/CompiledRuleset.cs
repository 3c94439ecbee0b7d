using System.Collections.Immutable;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine.Enforcement;
using Ringfence.Model;

namespace Ringfence.Dataplane.Compilation;

/// <summary>What one direction admits at some pods, compiled. Good as long as the policies are the same, whatever pods come and go.</summary>
/// <param name="Id">Its id, as log prefixes and counters name it.</param>
/// <param name="Main">The chain that pods jump to.</param>
/// <param name="Denied">The chain where denied packets end; null where nothing is admitted, and all of it is one chain.</param>
/// <param name="Fixed">The sets of addresses and ports that it uses and no pod changes.</param>
/// <param name="OfPods">The sets that it uses whose elements are pods'.</param>
internal sealed record CompiledRuleset(string Id, Chain Main, Chain? Denied, ImmutableArray<KernelSet> Fixed, ImmutableArray<PodSet> OfPods);

/// <summary>A set whose elements are addresses of pods, or their addresses and named ports.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Family">The family of the addresses.</param>
/// <param name="Pods">Which pods.</param>
/// <param name="Peer">The peer, where they are a peer's.</param>
/// <param name="Ports">The named ports; null for addresses alone.</param>
internal sealed record PodSet(string Name, IpFamily Family, PodsOfSet Pods, EnforcedPeer? Peer, ImmutableArray<(Protocol Protocol, string Name)>? Ports)
{
    public SetKind Kind => (Family, Ports is null) switch
    {
        (IpFamily.V4, true) => SetKind.Ipv4,
        (_, true) => SetKind.Ipv6,
        (IpFamily.V4, false) => SetKind.Ipv4Port,
        _ => SetKind.Ipv6Port,
    };
}

/// <summary>Whose addresses a set holds.</summary>
internal enum PodsOfSet
{
    /// <summary>The pods that match a peer.</summary>
    OfPeer,

    /// <summary>The node's own.</summary>
    OfNode,

    /// <summary>All of the cluster.</summary>
    All,
}
