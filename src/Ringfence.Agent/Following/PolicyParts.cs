using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Agent.Following;

/// <summary>
/// Parts that many policies have alike, kept once: ten thousand policies name few selectors, ports and peers. Where a part stood in some text is let go of.
/// </summary>
internal sealed class PolicyParts
{
    private readonly Dictionary<LabelSelector, LabelSelector> _selectors = [];
    private readonly Dictionary<PolicyPeer, PolicyPeer> _peers = [];
    private readonly Dictionary<PolicyPort, PolicyPort> _ports = [];

    /// <summary>The same policy of shared parts.</summary>
    public NetworkPolicy Shared(NetworkPolicy policy) => new()
    {
        Namespace = policy.Namespace,
        Name = policy.Name,
        Annotations = policy.Annotations,
        Location = policy.Location,
        PodSelector = Shared(_selectors, policy.PodSelector),
        AffectsIngress = policy.AffectsIngress,
        AffectsEgress = policy.AffectsEgress,
        TypesDefaulted = policy.TypesDefaulted,
        Ingress = policy.AffectsIngress ? Shared(policy.Ingress) : [],
        Egress = policy.AffectsEgress ? Shared(policy.Egress) : [],
    };

    private ImmutableArray<PolicyRule> Shared(ImmutableArray<PolicyRule> rules) =>
        rules.IsEmpty ? [] : [.. rules.Select(rule => new PolicyRule([.. rule.Peers.Select(Shared)], [.. rule.Ports.Select(Shared)], default) { Form = rule.Form })];

    private PolicyPeer Shared(PolicyPeer peer) => Shared(_peers, new PolicyPeer(
        peer.PodSelector is { } pods ? Shared(_selectors, pods) : null,
        peer.NamespaceSelector is { } namespaces ? Shared(_selectors, namespaces) : null,
        peer.IpBlock,
        default));

    private PolicyPort Shared(PolicyPort port) => Shared(_ports, port with { Location = default });

    private static T Shared<T>(Dictionary<T, T> known, T part)
        where T : notnull
    {
        if (known.TryGetValue(part, out var same)) return same;
        known.Add(part, part);
        return part;
    }
}
