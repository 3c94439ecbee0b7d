using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Bench.Baseline;

/// <summary>
/// The matrix as straightforward tools make it: for every pair of pods, every policy of the two namespaces, every rule, with each selector
/// tried again for each pair. All of the meaning, ports and addresses included; none of the sharing.
/// </summary>
internal sealed class PairwiseMatrix
{
    private readonly ImmutableArray<Pod> _pods;
    private readonly Dictionary<string, LabelSet> _namespaces;
    private readonly ILookup<string, NetworkPolicy> _policies;

    public PairwiseMatrix(ClusterObjects objects)
    {
        _pods = [.. objects.Pods.Where(pod => !pod.IsFinished)];
        _namespaces = objects.Namespaces.ToDictionary(item => item.Name, item => item.Labels);
        _policies = objects.NetworkPolicies.ToLookup(policy => policy.Namespace);
    }

    /// <summary>Number of ordered pairs of different pods with some connection between them.</summary>
    public long CountOpenPairs()
    {
        var open = 0L;
        foreach (var source in _pods)
            foreach (var destination in _pods)
                if (!ReferenceEquals(source, destination) && IsOpen(source, destination)) open++;
        return open;
    }

    private bool IsOpen(Pod source, Pod destination)
    {
        var egress = Allowed(source, destination, destination, Direction.Egress);
        if (egress is { Count: 0 }) return false;
        var ingress = Allowed(destination, source, destination, Direction.Ingress);
        if (ingress is { Count: 0 }) return false;
        return egress is null || ingress is null || egress.Exists(a => ingress.Exists(b => a.Protocol == b.Protocol && a.First <= b.Last && b.First <= a.Last));
    }

    /// <summary>What the rules for a pod let through; null where it is everything.</summary>
    private List<(int Protocol, int First, int Last)>? Allowed(Pod pod, Pod peer, Pod destination, Direction direction)
    {
        if (pod.Network.HostNetwork) return null;
        var isolated = false;
        var allowed = new List<(int, int, int)>();
        foreach (var policy in _policies[pod.Namespace])
        {
            if (!policy.Affects(direction) || !policy.PodSelector.Matches(pod.Labels)) continue;
            isolated = true;
            foreach (var rule in policy.Rules(direction))
            {
                var matching = rule.Peers.Where(candidate => Matches(policy, candidate, peer)).ToList();
                if (!rule.Peers.IsEmpty && matching.Count == 0) continue;
                if (rule.Ports.IsEmpty) return null;

                // A name means nothing at an address, and nothing on the host's network.
                var named = !destination.Network.HostNetwork
                    && (direction == Direction.Ingress || rule.Peers.IsEmpty || matching.Exists(candidate => candidate.IpBlock is null));
                foreach (var port in rule.Ports)
                    if (named || port.Name is null) Add(allowed, port, destination);
            }
        }

        return isolated ? allowed : null;
    }

    private bool Matches(NetworkPolicy policy, PolicyPeer peer, Pod pod)
    {
        if (peer.IpBlock is { } block) return pod.Addresses.Any(block.Contains);
        if (pod.Network.HostNetwork || pod.Addresses.IsEmpty) return false;
        if (peer.NamespaceSelector is { } namespaces ? !namespaces.Matches(_namespaces[pod.Namespace]) : pod.Namespace != policy.Namespace) return false;
        return peer.PodSelector is not { } pods || pods.Matches(pod.Labels);
    }

    private static void Add(List<(int, int, int)> allowed, PolicyPort port, Pod destination)
    {
        if (port.IsEveryPort) allowed.Add(((int)port.Protocol, 1, 65535));
        else if (port.Name is null) allowed.Add(((int)port.Protocol, port.First, port.Last));
        else
            foreach (var declared in destination.Network.Ports)
                if (declared.Name == port.Name && declared.Protocol == port.Protocol) allowed.Add(((int)port.Protocol, declared.Port, declared.Port));
    }
}
