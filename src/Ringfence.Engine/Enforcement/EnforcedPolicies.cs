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

    /// <summary>Counts changes of pods, as long as the cluster is not compiled anew.</summary>
    public long PodsVersion => _form.Version;

    /// <summary>Which compiled form it is; another one after the cluster was compiled anew.</summary>
    public object Identity => _form;

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

    /// <summary>The addresses from which a pod speaks: its own, or its node's on the host's network.</summary>
    public static ImmutableArray<Address> AddressesOf(Pod pod) => [.. CompiledForm.AddressesOf(pod)];

    private PodRules Describe(RuleSet rules) => new(
        [.. rules.Policies.Select(policy => policy.Policy)], Describe(rules.Ingress), Describe(rules.Egress));

    private ImmutableArray<EnforcedEntry>? Describe(Entry[]? entries) => entries is null
        ? null
        : [.. entries.Select(entry => new EnforcedEntry(
            entry.Peer is null ? null : Describe(entry.Peer), entry.Ports.Numbers, [.. entry.Ports.Names]))];

    private EnforcedPeer Describe(Peer peer)
    {
        return _form.Descriptions.Peers.GetValue(peer, MakePeer);
    }

    private EnforcedPeer MakePeer(Peer peer)
    {
        var (key, form) = (peer.Key, _form);
        var text = key.Block is not null
            ? key.Block.ToString()
            : $"{(key.NamespaceSelector is { } selector ? $"namespaces {selector}" : $"namespace {key.Namespace}")} pods {key.PodSelector}";
        return new EnforcedPeer(text, key.Block, () => PodsOf(form, peer), () => VersionOf(form, peer));
    }

    // A block is a range of addresses, whoever has them.
    private static ImmutableArray<int> PodsOf(CompiledForm form, Peer peer)
    {
        if (peer.Key.Block is not null) return [];
        var pods = ImmutableArray.CreateBuilder<int>();
        foreach (var column in peer.Columns.Members()) pods.AddRange(form.PodsOf(column));
        return pods.DrainToImmutable();
    }

    // A class's version only rises, and rises above all others: the highest of the same classes is the same where none of them changed.
    private static (int, long) VersionOf(CompiledForm form, Peer peer)
    {
        var highest = 0L;
        foreach (var column in peer.Columns.Members()) highest = Math.Max(highest, form.Classes[column].Version);
        return (peer.Columns.Version, highest);
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

/// <summary>A peer of rules.</summary>
public sealed class EnforcedPeer
{
    private readonly Func<ImmutableArray<int>> _pods;
    private readonly Func<(int, long)> _version;

    internal EnforcedPeer(string text, IpBlock? block, Func<ImmutableArray<int>> pods, Func<(int, long)> version) =>
        (Text, Block, _pods, _version) = (text, block, pods, version);

    /// <summary>What it means, in canonical text: peers with one text are one peer.</summary>
    public string Text { get; }

    /// <summary>The addresses; null for pods.</summary>
    public IpBlock? Block { get; }

    /// <summary>While it stays the same, so do the pods that match and their addresses and ports. Means nothing for another object.</summary>
    public (int Classes, long Pods) Version => _version();

    /// <summary>Finds the pods that match now, by number, in no order; none for addresses.</summary>
    public ImmutableArray<int> FindPods() => _pods();

    /// <summary>The pods that some of several peers match, as one peer.</summary>
    /// <param name="peers">Peers by selector; none by addresses.</param>
    public static EnforcedPeer Union(ImmutableArray<EnforcedPeer> peers) => new(
        string.Join(" or ", peers.Select(peer => peer.Text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)),
        null,
        () => [.. peers.SelectMany(peer => peer.FindPods()).Distinct()],
        () => VersionOf(peers));

    /// <inheritdoc/>
    public override string ToString() => Text;

    // Both parts only rise, so their sum and their highest say of each whether it changed.
    private static (int, long) VersionOf(ImmutableArray<EnforcedPeer> peers)
    {
        var (classes, pods) = (0, 0L);
        foreach (var peer in peers)
        {
            var version = peer.Version;
            (classes, pods) = (classes + version.Classes, Math.Max(pods, version.Pods));
        }

        return (classes, pods);
    }
}
