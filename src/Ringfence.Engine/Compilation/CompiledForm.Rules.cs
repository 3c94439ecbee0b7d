using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

internal sealed partial class CompiledForm
{
    /// <summary>The policies in force.</summary>
    public IEnumerable<CompiledPolicy> Policies => _namespaces.SelectMany(state => state.Policies);

    /// <summary>The port names that some rule in force asks for.</summary>
    public HashSet<(Protocol Protocol, string Name)> PortNames()
    {
        var names = new HashSet<(Protocol, string)>();
        foreach (var policy in Policies)
            foreach (var direction in (ReadOnlySpan<Direction>)[Direction.Ingress, Direction.Egress])
                foreach (var rule in policy.Rules(direction))
                    if (rule.Ports.HasNames) names.UnionWith(rule.Ports.Names);
        return names;
    }

    /// <summary>The peer with a key that some rule in force uses.</summary>
    public Peer Find(PeerKey key) => _peerByKey[key];

    /// <summary>The ipBlocks that rules of one direction name.</summary>
    public HashSet<Peer> Blocks(Direction direction)
    {
        var blocks = new HashSet<Peer>();
        foreach (var policy in Policies)
            foreach (var rule in policy.Rules(direction))
                foreach (var peer in rule.Peers)
                    if (peer.Key.Block is not null) blocks.Add(peer);
        return blocks;
    }

    /// <summary>What one direction admits at a pod, entry by entry; null where it is not isolated.</summary>
    public Entry[]? EntriesOf(int pod, Direction direction) => ClassOf(pod).Rules?.Entries(direction);

    /// <summary>The named ports of a pod.</summary>
    public PortSignature PortsOf(int pod) => _ports[_classOf[pod]];
}
