using System.Collections.Immutable;

namespace Ringfence.Model;

/// <summary>The two directions, as seen from the pod that a policy selects.</summary>
public enum Direction : byte
{
    /// <summary>Into the selected pods.</summary>
    Ingress,

    /// <summary>Out of the selected pods.</summary>
    Egress,
}

/// <summary>A NetworkPolicy: valid, with the API server's defaults applied.</summary>
/// <remarks>https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/</remarks>
public sealed record NetworkPolicy : KubernetesObject
{
    /// <inheritdoc/>
    public override string Kind => "NetworkPolicy";

    /// <summary>The pods of the policy's namespace that it selects.</summary>
    public LabelSelector PodSelector { get; init; } = LabelSelector.Everything;

    /// <summary>Whether the selected pods are isolated for ingress (<c>policyTypes</c>, after defaulting).</summary>
    public bool AffectsIngress { get; init; }

    /// <summary>Whether the selected pods are isolated for egress (<c>policyTypes</c>, after defaulting).</summary>
    public bool AffectsEgress { get; init; }

    /// <summary>True where <c>policyTypes</c> was not written and the default applies.</summary>
    public bool TypesDefaulted { get; init; }

    /// <summary>The ingress rules; inert unless <see cref="AffectsIngress"/>.</summary>
    public ImmutableArray<PolicyRule> Ingress { get; init; } = [];

    /// <summary>The egress rules; inert unless <see cref="AffectsEgress"/>.</summary>
    public ImmutableArray<PolicyRule> Egress { get; init; } = [];

    /// <summary>Whether the policy isolates the selected pods for a direction.</summary>
    public bool Affects(Direction direction) => direction == Direction.Ingress ? AffectsIngress : AffectsEgress;

    /// <summary>The rules of a direction, inert or not.</summary>
    public ImmutableArray<PolicyRule> Rules(Direction direction) => direction == Direction.Ingress ? Ingress : Egress;

    /// <summary>The policy with other rules of a direction.</summary>
    public NetworkPolicy WithRules(Direction direction, ImmutableArray<PolicyRule> rules) =>
        direction == Direction.Ingress ? this with { Ingress = rules } : this with { Egress = rules };

    /// <summary>The policy with another rule in one place.</summary>
    public NetworkPolicy WithRule(Direction direction, int index, PolicyRule rule) => WithRules(direction, Rules(direction).SetItem(index, rule));
}

/// <summary>One rule: it admits what matches one of its peers and one of its ports.</summary>
/// <param name="Peers">The alternatives of <c>from</c> or <c>to</c>; empty means everyone, addresses outside the cluster included.</param>
/// <param name="Ports">The alternatives of <c>ports</c>; empty means every protocol and port.</param>
/// <param name="Location">Where the rule stands, its lines included.</param>
public sealed record PolicyRule(ImmutableArray<PolicyPeer> Peers, ImmutableArray<PolicyPort> Ports, Location Location)
{
    /// <summary>How it was written where it is for everyone; changes nothing of its meaning.</summary>
    public EveryoneForm Form { get; init; }
}

/// <summary>How a rule without peers was written. All forms mean everyone.</summary>
public enum EveryoneForm : byte
{
    /// <summary>Without <c>from</c> or <c>to</c>, or with peers.</summary>
    Absent,

    /// <summary>With an empty list or null for <c>from</c> or <c>to</c>.</summary>
    Empty,

    /// <summary>As null: an entry of <c>ingress</c> or <c>egress</c> with nothing behind its hyphen.</summary>
    NullRule,
}

/// <summary>
/// One alternative of <c>from</c> or <c>to</c>. Either <see cref="IpBlock"/> is given, or at least one of the selectors.
/// Without <see cref="NamespaceSelector"/> the peer lies in the policy's own namespace.
/// </summary>
/// <param name="PodSelector">The pods; null means all pods of the matching namespaces.</param>
/// <param name="NamespaceSelector">The namespaces; null means the policy's own.</param>
/// <param name="IpBlock">The addresses; null where the peer is given by selectors.</param>
/// <param name="Location">Where the peer stands.</param>
public sealed record PolicyPeer(LabelSelector? PodSelector, LabelSelector? NamespaceSelector, IpBlock? IpBlock, Location Location);

/// <summary>One alternative of <c>ports</c>.</summary>
/// <param name="Protocol">The protocol, TCP by default.</param>
/// <param name="Name">A port name, resolved on the destination pod; null where numbers or nothing are given.</param>
/// <param name="First">The first port; 0 where neither name nor number is given (every port of the protocol).</param>
/// <param name="Last">The last port, inclusive (<c>endPort</c>, else <paramref name="First"/>).</param>
/// <param name="Location">Where the port stands.</param>
public sealed record PolicyPort(Protocol Protocol, string? Name, int First, int Last, Location Location)
{
    /// <summary>True where every port of the protocol is meant.</summary>
    public bool IsEveryPort => Name is null && First == 0;
}
