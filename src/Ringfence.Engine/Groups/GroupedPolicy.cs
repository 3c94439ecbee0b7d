using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>A policy with the groups that it means.</summary>
public sealed class GroupedPolicy
{
    private readonly CompiledPolicy _policy;
    private readonly Lazy<GroupSet> _selected;
    private readonly ImmutableArray<GroupedRule> _ingress;
    private readonly ImmutableArray<GroupedRule> _egress;

    internal GroupedPolicy(PodGroups groups, CompiledPolicy policy)
    {
        _policy = policy;
        _selected = new(() => groups.SetOf(policy.Selected));
        _ingress = Rules(groups, Direction.Ingress);
        _egress = Rules(groups, Direction.Egress);
    }

    /// <summary>The policy.</summary>
    public NetworkPolicy Policy => _policy.Policy;

    /// <summary>The groups that it selects.</summary>
    public GroupSet Selected => _selected.Value;

    /// <summary>The rules of a direction that are in force, in order; none where the policy does not affect the direction.</summary>
    public ImmutableArray<GroupedRule> Rules(Direction direction) => direction == Direction.Ingress ? _ingress : _egress;

    private ImmutableArray<GroupedRule> Rules(PodGroups groups, Direction direction) =>
        [.. _policy.Rules(direction).Select((rule, index) => new GroupedRule(groups, rule, direction, index))];

    /// <inheritdoc/>
    public override string ToString() => Policy.QualifiedName;
}

/// <summary>A rule with the groups that its peers match.</summary>
public sealed class GroupedRule
{
    private readonly CompiledRule _rule;

    internal GroupedRule(PodGroups groups, CompiledRule rule, Direction direction, int index)
    {
        (_rule, Direction, Index) = (rule, direction, index);
        Peers = [.. rule.Peers.Select((peer, at) => new GroupedPeer(groups, peer, rule.Rule.Peers[at]))];
    }

    /// <summary>The rule as written.</summary>
    public PolicyRule Rule => _rule.Rule;

    /// <summary>The direction.</summary>
    public Direction Direction { get; }

    /// <summary>Its place in the policy's list of that direction, from 0.</summary>
    public int Index { get; }

    /// <summary>Its field path from the object: <c>spec.ingress[0]</c>.</summary>
    public string Path => $"spec.{(Direction == Direction.Ingress ? "ingress" : "egress")}[{Index}]";

    /// <summary>The field path of one of its peers: <c>spec.ingress[0].from[1]</c>.</summary>
    public string PathOf(int peer) => $"{Path}.{(Direction == Direction.Ingress ? "from" : "to")}[{peer}]";

    /// <summary>Its peers, in the order written; empty for everyone.</summary>
    public ImmutableArray<GroupedPeer> Peers { get; }

    /// <summary>Whether it has no peers, so that it admits everyone.</summary>
    public bool IsForEveryone => Peers.IsEmpty;

    /// <summary>Whether some peer matches a group, or the rule is for everyone.</summary>
    public bool Matches(PodGroup other)
    {
        if (IsForEveryone) return true;
        foreach (var peer in Peers)
            if (peer.Groups.Contains(other)) return true;
        return false;
    }

    /// <summary>Whether some peer matches an address that is no pod's, or the rule is for everyone.</summary>
    public bool Matches(Address address)
    {
        if (IsForEveryone) return true;
        foreach (var peer in Peers)
            if (peer.Block is { } block && block.Contains(address)) return true;
        return false;
    }

    /// <summary>Its ports at a destination, names looked up there; everything without ports.</summary>
    public ConnectionSet PortsAt(PodGroup destination) => _rule.Ports.Resolve(destination.Ports);

    /// <summary>Its ports that are numbers: what it admits at an address; everything without ports.</summary>
    public ConnectionSet NumberedPorts => _rule.Ports.Numbers;
}

/// <summary>A peer with the groups that it matches.</summary>
public sealed class GroupedPeer
{
    private readonly PodGroups _groups;
    private readonly Peer _compiled;

    internal GroupedPeer(PodGroups groups, Peer compiled, PolicyPeer peer) => (_groups, _compiled, Peer) = (groups, compiled, peer);

    /// <summary>The peer as written.</summary>
    public PolicyPeer Peer { get; }

    /// <summary>The addresses; null for pods.</summary>
    public IpBlock? Block => Peer.IpBlock;

    /// <summary>The groups that it matches; for an ipBlock those whose addresses it holds.</summary>
    public GroupSet Groups => _groups.Find(_compiled);

    /// <summary>Whom it means, for example <c>pods app=rag-api of namespaces purpose=ml-ops</c>.</summary>
    /// <param name="policyNamespace">The namespace of its policy.</param>
    public string Describe(string policyNamespace) => PeerReasons.Describe(Peer, policyNamespace);
}
