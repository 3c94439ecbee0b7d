using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

/// <summary>What a peer means, wherever it is written: equal keys are one peer.</summary>
/// <param name="Namespace">The policy's namespace where the peer has no namespaceSelector and no ipBlock; else null.</param>
/// <param name="NamespaceSelector">The namespaces; null for the policy's own or an ipBlock.</param>
/// <param name="PodSelector">The pods; an absent selector and <c>{}</c> mean the same.</param>
/// <param name="Block">The addresses; null for pods.</param>
internal sealed record PeerKey(string? Namespace, LabelSelector? NamespaceSelector, LabelSelector PodSelector, IpBlock? Block)
{
    public static PeerKey Of(PolicyPeer peer, string policyNamespace) => peer.IpBlock is { } block
        ? new(null, null, LabelSelector.Everything, block)
        : new(
            peer.NamespaceSelector is null ? policyNamespace : null,
            peer.NamespaceSelector,
            peer.PodSelector ?? LabelSelector.Everything,
            null);
}

/// <summary>A peer of some rules and the pod classes that it matches.</summary>
internal sealed class Peer(int id, PeerKey key)
{
    public int Id { get; } = id;

    public PeerKey Key { get; } = key;

    /// <summary>The classes that match.</summary>
    public ColumnSet Columns { get; } = new();

    /// <summary>Whether a pod with a network of its own may match whose address the input lacks.</summary>
    public bool MayHoldPod { get; } = key.Block is { } block && PodRanges.MayHoldPod(block);

    /// <summary>Whether a pod of a kind may match whose address the input lacks. On the host's network it has its node's, which may be any.</summary>
    public bool MayHold(ClassKind kind) => kind == ClassKind.Host || MayHoldPod;

    /// <summary>How many compiled rules use it.</summary>
    public int Uses { get; set; }

    /// <summary>Its place in the list of peers with the same namespaces, so that it can leave the list at once.</summary>
    public int Place { get; set; }

    /// <summary>Whether an address that is no pod's matches.</summary>
    public bool Holds(Address address) => Key.Block is { } block && block.Contains(address);
}

/// <summary>The peers that share their namespaces: those of one namespaceSelector, or the bare podSelectors of one namespace.</summary>
internal sealed class PeerGroup(LabelSelector? selector)
{
    private readonly List<Peer> _peers = [];

    /// <summary>The namespaceSelector; null for the peers of one namespace.</summary>
    public LabelSelector? Selector { get; } = selector;

    /// <summary>The namespaces that match.</summary>
    public List<NamespaceState> Namespaces { get; } = [];

    /// <summary>Whether the selector matches every namespace there can be.</summary>
    public bool IsEverywhere => Selector is { IsEverything: true };

    public IReadOnlyList<Peer> Peers => _peers;

    public void Add(Peer peer)
    {
        peer.Place = _peers.Count;
        _peers.Add(peer);
    }

    public void Remove(Peer peer)
    {
        var last = _peers[^1];
        _peers[peer.Place] = last;
        last.Place = peer.Place;
        _peers.RemoveAt(_peers.Count - 1);
    }
}
