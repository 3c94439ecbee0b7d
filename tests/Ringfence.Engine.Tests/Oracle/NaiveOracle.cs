using Ringfence.Model;

namespace Ringfence.Engine.Tests.Oracle;

/// <summary>
/// NetworkPolicy read aloud: every question walks over all policies, rules, peers and ports. Slow and obvious; it shares nothing with
/// the engine but the model.
/// </summary>
internal sealed class NaiveOracle(ClusterObjects cluster)
{
    private static readonly Prefix[] PodRanges =
        [.. new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "2000::/3" }.Select(text => Prefix.Parse(text))];

    /// <summary>Whether a flow is open. A null protocol stands for those beside TCP, UDP and SCTP.</summary>
    public Truth Allowed(End source, End destination, Protocol? protocol, int port) =>
        IsExempt(source, destination) ? Truth.Yes : AllowedByPolicy(source, destination, protocol, port);

    /// <summary>The same without the exemptions for a pod itself and its own node.</summary>
    public Truth AllowedByPolicy(End source, End destination, Protocol? protocol, int port) =>
        AllowedOnSide(Direction.Egress, source, destination, protocol, port)
            .And(AllowedOnSide(Direction.Ingress, source, destination, protocol, port));

    public Truth AllowedOnSide(Direction direction, End source, End destination, Protocol? protocol, int port)
    {
        var isolating = Isolating(direction == Direction.Egress ? source : destination, direction).ToList();
        return isolating.Count == 0
            ? Truth.Yes
            : isolating.Some(policy => policy.Rules(direction).Some(rule => Admits(policy, direction, rule, source, destination, protocol, port)));
    }

    /// <summary>The policies that isolate a party for a direction.</summary>
    public IEnumerable<NetworkPolicy> Isolating(End subject, Direction direction) =>
        subject.IsOrdinaryPod
            ? cluster.NetworkPolicies.Where(policy =>
                policy.Affects(direction) && policy.Namespace == subject.Pod!.Namespace && Matches(policy.PodSelector, subject.Pod.Labels))
            : [];

    public Truth Admits(
        NetworkPolicy policy, Direction direction, PolicyRule rule, End source, End destination, Protocol? protocol, int port)
    {
        if (rule.Peers.IsEmpty) return AdmitsPort(rule, destination, protocol, port, resolveNames: true);
        var other = direction == Direction.Egress ? destination : source;
        return rule.Peers.Some(peer => Matches(policy, peer, other)
            .And(AdmitsPort(rule, destination, protocol, port, resolveNames: direction == Direction.Ingress || peer.IpBlock is null)));
    }

    public bool IsExempt(End source, End destination) =>
        source.IsSame(destination) || IsOwnNode(source, destination) || IsOwnNode(destination, source);

    private bool IsOwnNode(End end, End other)
    {
        if (end.Pod is not { } pod || other.IsOrdinaryPod) return false;
        var node = pod.NodeName is { } name ? cluster.Nodes.FirstOrDefault(node => node.Name == name) : null;
        return (other.Pod is not null && pod.NodeName is not null && other.Pod.NodeName == pod.NodeName)
            || other.Addresses.Any(address => pod.HostAddresses.Contains(address) || node?.Addresses.Contains(address) == true);
    }

    private Truth Matches(NetworkPolicy policy, PolicyPeer peer, End other)
    {
        if (peer.IpBlock is { } block)
            return other.HasUnknownAddress ? (!other.IsOrdinaryPod || MayHoldPod(block) ? Truth.Maybe : Truth.No) : Logic.Of(other.Addresses.Any(address => Holds(block, address)));
        if (!other.IsOrdinaryPod || other.IsNoPeerYet) return Truth.No;
        var inNamespace = peer.NamespaceSelector is { } selector
            ? MatchesNamespace(selector, other.Pod!.Namespace)
            : Logic.Of(other.Pod!.Namespace == policy.Namespace);
        return inNamespace.And(Logic.Of(peer.PodSelector is null || Matches(peer.PodSelector, other.Pod!.Labels)));
    }

    // Pods have private or shared IPv4 addresses, and any IPv6 address in use. What block and range share begins where one of them begins or an exception ends.
    private static bool MayHoldPod(IpBlock block) => PodRanges.Any(range =>
        block.Except.Select(except => except.Last.Value + 1)
            .Append(range.First.Value)
            .Append(block.Cidr.First.Value)
            .Select(value => new Address(block.Cidr.Family, value))
            .Any(address => Holds(range, address) && Holds(block, address)));

    private static bool Holds(IpBlock block, Address address) =>
        Holds(block.Cidr, address) && !block.Except.Any(except => Holds(except, address));

    private static bool Holds(Prefix prefix, Address address)
    {
        if (prefix.Family != address.Family) return false;
        var hostBits = Address.Bits(address.Family) - prefix.Length;
        return hostBits == 128 || prefix.Address.Value >> hostBits == address.Value >> hostBits;
    }

    private static Truth AdmitsPort(PolicyRule rule, End destination, Protocol? protocol, int port, bool resolveNames) =>
        Logic.Of(rule.Ports.IsEmpty || rule.Ports.Any(entry => entry.Protocol == protocol && IsAmong(entry, destination, port, resolveNames)));

    private static bool IsAmong(PolicyPort entry, End destination, int port, bool resolveNames)
    {
        if (entry.Name is null) return entry.First == 0 || (entry.First <= port && port <= entry.Last);
        return resolveNames && destination.IsOrdinaryPod && destination.Pod!.Network.Ports.Any(declared =>
            declared.Name == entry.Name && declared.Protocol == entry.Protocol && declared.Port == port);
    }

    /// <summary>Of a namespace that is not declared only the default label is known.</summary>
    private Truth MatchesNamespace(LabelSelector selector, string name)
    {
        var declared = cluster.Namespaces.FirstOrDefault(candidate => candidate.Name == name);
        return selector.Requirements.Every(requirement =>
            requirement.Key == Namespace.NameLabel ? Logic.Of(Holds(requirement, name))
            : declared is null ? Truth.Maybe
            : Logic.Of(Holds(requirement, declared.Labels[requirement.Key])));
    }

    private static bool Matches(LabelSelector selector, LabelSet labels) =>
        selector.Requirements.All(requirement => Holds(requirement, labels[requirement.Key]));

    private static bool Holds(Requirement requirement, string? value) => requirement.Operator switch
    {
        SelectorOperator.Exists => value is not null,
        SelectorOperator.DoesNotExist => value is null,
        SelectorOperator.In => value is not null && requirement.Values.Contains(value),
        SelectorOperator.NotIn => value is null || !requirement.Values.Contains(value),
        _ => throw new InvalidOperationException($"{requirement.Operator} is no operator"),
    };
}
