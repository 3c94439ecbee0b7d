using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>A policy that was made, with what is to be said of it. Its parts are in the order in which they should be written.</summary>
public sealed record GeneratedPolicy
{
    /// <summary>The namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name, unique among the policies made for the namespace.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for: sentences, a line each.</summary>
    public required ImmutableArray<string> Comments { get; init; }

    /// <summary>The pods that it selects.</summary>
    public required LabelSelector PodSelector { get; init; }

    /// <summary>Whether it isolates them for ingress.</summary>
    public bool AffectsIngress { get; init; } = true;

    /// <summary>Whether it isolates them for egress.</summary>
    public bool AffectsEgress { get; init; } = true;

    /// <summary>What may come in.</summary>
    public ImmutableArray<GeneratedRule> Ingress { get; init; } = [];

    /// <summary>What may go out.</summary>
    public ImmutableArray<GeneratedRule> Egress { get; init; } = [];

    /// <summary>The policy as the engine reads it.</summary>
    public NetworkPolicy ToPolicy() => new()
    {
        Namespace = Namespace,
        Name = Name,
        PodSelector = PodSelector,
        AffectsIngress = AffectsIngress,
        AffectsEgress = AffectsEgress,
        Ingress = [.. Ingress.Select(rule => rule.ToRule())],
        Egress = [.. Egress.Select(rule => rule.ToRule())],
    };
}

/// <summary>A rule of a policy that was made.</summary>
/// <param name="Peers">From or to whom; empty for everyone.</param>
/// <param name="Ports">The ports; empty for every connection.</param>
/// <param name="Comment">Said of the rule as a whole; null where its peers say it all.</param>
public sealed record GeneratedRule(ImmutableArray<GeneratedPeer> Peers, ImmutableArray<PolicyPort> Ports, string? Comment = null)
{
    /// <summary>The rule as the engine reads it.</summary>
    public PolicyRule ToRule() => new([.. Peers.Select(peer => peer.Peer)], Ports, default);
}

/// <summary>A peer of a rule that was made.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Comment">Whom it stands for, and why.</param>
public sealed record GeneratedPeer(PolicyPeer Peer, string Comment);
