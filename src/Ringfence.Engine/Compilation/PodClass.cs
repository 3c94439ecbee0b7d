using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

/// <summary>How selectors and addresses see a pod.</summary>
internal enum ClassKind : byte
{
    /// <summary>Selected by policies, matched by peers.</summary>
    Ordinary,

    /// <summary>Pending and without address: selected by policies, matched by no peer yet.</summary>
    Waiting,

    /// <summary>On the host's network: selected and matched by nothing; its traffic is its node's address.</summary>
    Host,
}

/// <summary>What tells pods apart: two pods with one key get the same answers, whatever the policies.</summary>
/// <param name="Namespace">The namespace's number; -1 for <see cref="ClassKind.Host"/>.</param>
/// <param name="Labels">The labels that selectors mention, by number.</param>
/// <param name="Ports">The named ports, by number.</param>
/// <param name="Blocks">The ipBlocks that hold the pod's addresses, by number.</param>
/// <param name="Kind">The kind.</param>
internal readonly record struct ClassKey(int Namespace, int Labels, int Ports, int Blocks, ClassKind Kind);

/// <summary>Pods with one <see cref="ClassKey"/>: a column of every peer's set.</summary>
internal sealed class PodClass(int id, NamespaceState? @namespace, LabelSet labels, PortSignature ports, BlockSet blocks, ClassKind kind)
{
    public int Id { get; } = id;

    /// <summary>The namespace; null on the host's network.</summary>
    public NamespaceState? Namespace { get; } = @namespace;

    /// <summary>The labels that selectors mention.</summary>
    public LabelSet Labels { get; } = labels;

    public PortSignature Ports { get; } = ports;

    public BlockSet Blocks { get; } = blocks;

    public ClassKind Kind { get; } = kind;

    /// <summary>Number of pods now.</summary>
    public int Pods { get; set; }

    /// <summary>Where the list of its pods begins; -1 for none.</summary>
    public int FirstPod { get; set; } = -1;

    /// <summary>The policies that select it; null where none does.</summary>
    public RuleSet? Rules { get; set; }
}

/// <summary>The ipBlock peers that hold an address (or one of several), by number in rising order. Equal by content.</summary>
internal sealed class BlockSet : IEquatable<BlockSet>
{
    /// <summary>No block.</summary>
    public static readonly BlockSet None = new(0, [], any: false);

    private readonly int _hash;

    public BlockSet(int id, int[] peers, bool any)
    {
        (Id, Peers, IsAny) = (id, peers, any);
        _hash = any ? -1 : 0;
        foreach (var peer in peers) _hash = unchecked((_hash * 31) + peer);
    }

    public int Id { get; }

    public int[] Peers { get; }

    /// <summary>Every block that may hold a pod, those that come later included: an address that the input lacks, taken to be anything.</summary>
    public bool IsAny { get; }

    public bool Equals(BlockSet? other) => other is not null && IsAny == other.IsAny && Peers.AsSpan().SequenceEqual(other.Peers);

    public override bool Equals(object? obj) => Equals(obj as BlockSet);

    public override int GetHashCode() => _hash;
}
