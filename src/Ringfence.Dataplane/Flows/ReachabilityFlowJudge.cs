using System.Collections.Immutable;
using Ringfence.Dataplane.Compilation;
using Ringfence.Engine;
using Ringfence.Engine.Enforcement;
using Ringfence.Model;

namespace Ringfence.Dataplane.Flows;

/// <summary>
/// Judges tracked flows as one node's rules judge new ones: its own pods' egress and ingress, by what the input certainly allows, on the real
/// source and destination. Only the original direction counts; answers belong to it. For one state of the cluster; one thread at a time.
/// </summary>
/// <remarks>
/// Make a new judge after <see cref="Reachability.Apply"/>, and let no change be applied while this one is in use.
/// </remarks>
public sealed class ReachabilityFlowJudge
{
    private readonly Reachability _cluster;
    private readonly EnforcedPolicies _policies;
    private readonly ImmutableArray<Prefix> _ranges;
    private readonly IReadOnlySet<Address> _own;
    private readonly HashSet<int> _localPods;
    private readonly Dictionary<Address, int> _pods = [];

    /// <summary>A judge for one node.</summary>
    /// <param name="cluster">The state of the cluster.</param>
    /// <param name="scope">What the node enforces.</param>
    /// <param name="own">
    /// The node's own addresses (<see cref="OwnAddresses.Read"/>): flows with the node itself do not pass its rules, whatever the cluster says about the node.
    /// </param>
    public ReachabilityFlowJudge(Reachability cluster, NodeScope scope, IReadOnlySet<Address> own)
    {
        _cluster = cluster;
        _policies = EnforcedPolicies.Of(cluster);
        _ranges = scope.PodRanges;
        _own = own;
        _localPods = [.. scope.Pods.Select(pod => cluster.FindPod(pod.Namespace, pod.Name)).Where(pod => pod >= 0)];
    }

    /// <summary>
    /// Whether a flow may go on. True where neither end is a pod of this node; false where an end's address is in the node's pod ranges and of none of
    /// its pods any more.
    /// </summary>
    public bool IsAllowed(in TrackedFlow flow)
    {
        var (from, to) = (flow.Source, flow.ReplySource);
        if (_own.Contains(from) || _own.Contains(to)) return true;
        var (source, sourceIsLocal) = Locate(from);
        var (destination, destinationIsLocal) = Locate(to);
        if (!sourceIsLocal && !destinationIsLocal) return true;
        if ((sourceIsLocal && !source.IsPod) || (destinationIsLocal && !destination.IsPod)) return false;

        if (_cluster.Exemption(source, destination) is not null) return true;

        // The far side of a flow between nodes is for its own node to judge.
        var (protocol, port) = (flow.Protocol, flow.ReplySourcePort);
        return (!sourceIsLocal || _policies.Admits(Direction.Egress, source.Pod, destination.Pod, to, protocol, port))
            && (!destinationIsLocal || _policies.Admits(Direction.Ingress, destination.Pod, source.Pod, from, protocol, port));
    }

    private (Party Party, bool IsLocal) Locate(Address address)
    {
        var pod = PodWith(address);
        if (pod >= 0 && _localPods.Contains(pod)) return (Party.OfPod(pod), true);

        // The rules keep such an address closed, whatever the cluster still says about a pod that had it.
        foreach (var range in _ranges)
            if (range.Contains(address)) return (Party.OfAddress(address), true);
        return (pod >= 0 ? Party.OfPod(pod) : Party.OfAddress(address), false);
    }

    private int PodWith(Address address)
    {
        if (_pods.TryGetValue(address, out var known)) return known;
        return _pods[address] = _cluster.FindPod(address);
    }
}
