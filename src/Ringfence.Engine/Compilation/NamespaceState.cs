using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

/// <summary>A namespace while compiling: its labels, its pod classes, its policies and the peers that can match its pods.</summary>
internal sealed class NamespaceState(int id, string name, LabelIndex classes)
{
    public int Id { get; } = id;

    public string Name { get; } = name;

    public LabelSet Labels { get; set; } = LabelSet.Empty;

    /// <summary>False where only the default label is known.</summary>
    public bool Declared { get; set; }

    /// <summary>The classes of pods that selectors can match; those on the host's network are not among them.</summary>
    public LabelIndex Classes { get; } = classes;

    public List<CompiledPolicy> Policies { get; } = [];

    /// <summary>The bare podSelector peers of its policies.</summary>
    public PeerGroup OwnPeers { get; } = new(null);

    /// <summary>The groups whose namespaceSelector matches it, those that match everywhere left out.</summary>
    public List<PeerGroup> MatchedBy { get; } = [];

    /// <summary>Whether a namespaceSelector matches, where the answer is known; null where it depends on labels that the input lacks.</summary>
    public bool? Matches(LabelSelector selector)
    {
        if (Declared) return selector.Matches(Labels);
        bool? result = true;
        foreach (var requirement in selector.Requirements)
        {
            if (requirement.Key != Namespace.NameLabel) result = null;
            else if (!requirement.Matches(Labels)) return false;
        }

        return result;
    }
}
