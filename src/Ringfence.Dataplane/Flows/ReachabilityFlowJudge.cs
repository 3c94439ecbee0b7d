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
    private readonly Dictionary<Address, int> _local = [];

    // Of other pods several may have one address for a while: the rules admit what one of them may.
    private readonly Dictionary<Address, Party[]> _others = [];

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
        foreach (var local in scope.Pods)
        {
            var pod = cluster.FindPod(local.Namespace, local.Name);
            if (pod < 0 || _policies.Pods[pod] is not { } found) continue;
            foreach (var address in found.Addresses) _local.TryAdd(address, pod);
        }
    }

    /// <summary>
    /// Whether a flow may go on. True where neither end is a pod of this node; false where an end's address is in the node's pod ranges and of none of
    /// its pods any more.
    /// </summary>
    public bool IsAllowed(in TrackedFlow flow)
    {
        var (from, to) = (flow.Source, flow.ReplySource);
        if (_own.Contains(from) || _own.Contains(to)) return true;
        var (sources, sourceIsLocal) = Locate(from);
        var (destinations, destinationIsLocal) = Locate(to);
        if (!sourceIsLocal && !destinationIsLocal) return true;
        if ((sourceIsLocal && !sources[0].IsPod) || (destinationIsLocal && !destinations[0].IsPod)) return false;
        foreach (var source in sources)
            foreach (var destination in destinations)
                if (IsAllowed(flow, (source, sourceIsLocal), (destination, destinationIsLocal))) return true;
        return false;
    }

    private bool IsAllowed(in TrackedFlow flow, (Party Party, bool IsLocal) source, (Party Party, bool IsLocal) destination)
    {
        if (_cluster.Exemption(source.Party, destination.Party) is not null) return true;

        // The far side of a flow between nodes is for its own node to judge.
        var (protocol, port) = (flow.Protocol, flow.ReplySourcePort);
        return (!source.IsLocal || _policies.Admits(Direction.Egress, source.Party.Pod, destination.Party.Pod, flow.ReplySource, protocol, port))
            && (!destination.IsLocal || _policies.Admits(Direction.Ingress, destination.Party.Pod, source.Party.Pod, flow.Source, protocol, port));
    }

    private (Party[] Parties, bool IsLocal) Locate(Address address)
    {
        if (_local.TryGetValue(address, out var pod)) return ([Party.OfPod(pod)], true);

        // The rules keep such an address closed, whatever the cluster still says about a pod that had it.
        foreach (var range in _ranges)
            if (range.Contains(address)) return ([Party.OfAddress(address)], true);
        if (_others.TryGetValue(address, out var known)) return (known, false);
        Party[] others = [.. _cluster.FindPodNumbers(address).Select(Party.OfPod)];
        return (_others[address] = others.Length == 0 ? [Party.OfAddress(address)] : others, false);
    }
}
