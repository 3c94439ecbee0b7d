using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine.Enforcement;

/// <summary>
/// The compiled form as enforcement needs it: which entries admit traffic at a pod, and which pods and addresses their peers are. What the
/// input cannot decide is closed. Good until the next change of the cluster.
/// </summary>
public sealed class EnforcedPolicies
{
    private readonly Reachability _reachability;
    private readonly CompiledForm _form;

    private EnforcedPolicies(Reachability reachability) => (_reachability, _form) = (reachability, reachability.Certain);

    /// <summary>The moment that it is now, to ask later what changed since.</summary>
    public EnforcedMoment Now => new(_form);

    /// <summary>The pods by number; no entry has a number that is not in use.</summary>
    public IReadOnlyList<Pod?> Pods => _reachability.CurrentPods;

    /// <summary>Finds a pod's number; -1 where there is none.</summary>
    public int Find(string @namespace, string name) => _reachability.FindPod(@namespace, name);

    /// <summary>Looks at a compiled cluster.</summary>
    public static EnforcedPolicies Of(Reachability reachability) => new(reachability);

    /// <summary>
    /// What policies say about a pod: one object for all pods that they say the same about, and for as long as they do. Null where no policy selects it.
    /// </summary>
    /// <param name="pod">The pod's number, as <see cref="Find"/> gives it.</param>
    public PodRules? RulesOf(int pod)
    {
        if (_form.ClassOf(pod).Rules is not { } rules) return null;
        return _form.Descriptions.Rules.GetValue(rules, Describe);
    }

    /// <summary>What happened since a moment; null where only a look at everything tells: too much did, or the cluster was compiled anew.</summary>
    public EnforcedChanges? Since(EnforcedMoment then) => EnforcedChanges.Since(then, _form);

    /// <summary>Whether the policies that select a pod admit a packet of one direction.</summary>
    /// <param name="direction">Whether the pod gets it or sends it.</param>
    /// <param name="pod">The pod's number.</param>
    /// <param name="other">The other end's number; -1 where it is no pod.</param>
    /// <param name="address">The other end's address, as the packet has it.</param>
    /// <param name="protocol">The protocol; null for one beside TCP, UDP and SCTP.</param>
    /// <param name="port">The destination's port; of no meaning without a protocol.</param>
    public bool Admits(Direction direction, int pod, int other, Address address, Protocol? protocol, int port)
    {
        if (_form.EntriesOf(pod, direction) is not { } entries) return true;
        var destination = direction == Direction.Ingress ? pod : other;
        var names = destination >= 0 ? _form.PortsOf(destination) : PortSignature.Empty;
        foreach (ref readonly var entry in entries.AsSpan())
        {
            if (!IsOf(entry.Peer, other, address)) continue;
            if (protocol is { } known ? entry.Ports.Resolve(names).Contains(known, port) : entry.Ports.Numbers.OtherProtocols) return true;
        }

        return false;
    }

    /// <summary>The addresses from which a pod speaks: its own, or its node's on the host's network.</summary>
    public static ImmutableArray<Address> AddressesOf(Pod pod) => [.. CompiledForm.AddressesOf(pod)];

    private bool IsOf(Peer? peer, int pod, Address address) => peer is null
        || (peer.Key.Block is { } block ? block.Contains(address) : pod >= 0 && _form.Matches(peer, pod));

    private PodRules Describe(RuleSet rules) => new(
        [.. rules.Policies.Select(policy => policy.Policy)], Describe(rules.Ingress), Describe(rules.Egress));

    private ImmutableArray<EnforcedEntry>? Describe(Entry[]? entries) => entries is null
        ? null
        : [.. entries.Select(entry => new EnforcedEntry(
            entry.Peer is null ? null : Describe(entry.Peer), entry.Ports.Numbers, [.. entry.Ports.Names]))];

    private EnforcedPeer Describe(Peer peer) => _form.Descriptions.Peers.GetValue(peer, MakePeer);

    private EnforcedPeer MakePeer(Peer peer)
    {
        var key = peer.Key;
        var text = key.Block is not null
            ? key.Block.ToString()
            : $"{(key.NamespaceSelector is { } selector ? $"namespaces {selector}" : $"namespace {key.Namespace}")} pods {key.PodSelector}";
        return new EnforcedPeer(text, _form, Pods, [peer]);
    }
}

/// <summary>What policies admit at a pod.</summary>
/// <param name="Policies">The policies that select it.</param>
/// <param name="Ingress">What may come in; null where no policy isolates for ingress.</param>
/// <param name="Egress">What may go out; null where no policy isolates for egress.</param>
public sealed record PodRules(
    ImmutableArray<NetworkPolicy> Policies, ImmutableArray<EnforcedEntry>? Ingress, ImmutableArray<EnforcedEntry>? Egress)
{
    /// <summary>What one direction admits; null where it is not isolated.</summary>
    public ImmutableArray<EnforcedEntry>? Entries(Direction direction) => direction == Direction.Ingress ? Ingress : Egress;
}

/// <summary>One peer of one rule with the rule's ports.</summary>
/// <param name="Peer">The peer; null for everyone.</param>
/// <param name="Numbers">The ports that are numbers; everything where the rule has no ports.</param>
/// <param name="Names">The ports that are names, to be resolved at the destination pod.</param>
public readonly record struct EnforcedEntry(EnforcedPeer? Peer, ConnectionSet Numbers, ImmutableArray<(Protocol Protocol, string Name)> Names);
