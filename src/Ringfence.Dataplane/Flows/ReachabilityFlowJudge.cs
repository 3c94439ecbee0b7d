using System.Collections.Immutable;
using Ringfence.Dataplane.Compilation;
using Ringfence.Engine;
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

    // By family: a packet is of one, whatever addresses its ends have beside.
    private readonly Reachability[] _families;
    private readonly ImmutableArray<Prefix> _ranges;
    private readonly IReadOnlySet<Address> _own;
    private readonly HashSet<int> _localPods;
    private readonly Dictionary<Address, int> _pods = [];
    private readonly Dictionary<(IpFamily Family, Party Source, Party Destination), ConnectionSet> _open = [];

    /// <summary>A judge for one node.</summary>
    /// <param name="cluster">The state of the cluster.</param>
    /// <param name="scope">What the node enforces.</param>
    /// <param name="own">
    /// The node's own addresses (<see cref="OwnAddresses.Read"/>): flows with the node itself do not pass its rules, whatever the cluster says about the node.
    /// </param>
    public ReachabilityFlowJudge(Reachability cluster, NodeScope scope, IReadOnlySet<Address> own)
    {
        // Before any pod is looked up: it may number them anew.
        _families = [cluster.Of(IpFamily.V4), cluster.Of(IpFamily.V6)];
        _cluster = cluster;
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

        var protocol = flow.Protocol;
        var open = Open(from.Family, source, destination);
        if (protocol is { } known ? open.Contains(known, flow.ReplySourcePort) : open.OtherProtocols) return true;

        // Denied by both sides together. The far side of a flow between nodes is for its own node to judge.
        var sourceIsFar = !sourceIsLocal && source.IsPod;
        var destinationIsFar = !destinationIsLocal && destination.IsPod;
        if (!sourceIsFar && !destinationIsFar) return false;
        var verdict = _families[(int)from.Family].Judge(source, destination, protocol, protocol is null ? 0 : flow.ReplySourcePort);
        return (sourceIsLocal ? verdict.Egress : verdict.Ingress).Outcome == Outcome.Allowed;
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

    private ConnectionSet Open(IpFamily family, Party source, Party destination)
    {
        var key = (family, source, destination);
        if (_open.TryGetValue(key, out var known)) return known;
        return _open[key] = _families[(int)family].Between(source, destination).Certain;
    }
}
