using System.Runtime.InteropServices;
using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

internal sealed partial class CompiledForm
{
    private readonly Dictionary<PeerKey, Peer> _peerByKey = [];
    private readonly Dictionary<LabelSelector, PeerGroup> _groups = [];
    private readonly Dictionary<PortSpec, PortSpec> _portSpecs = [];
    private int _policiesSoFar;

    /// <summary>The podSelectors of a policy, its peers' included.</summary>
    private static IEnumerable<LabelSelector> PodSelectorsOf(NetworkPolicy policy)
    {
        yield return policy.PodSelector;
        foreach (var direction in (Direction[])[Direction.Ingress, Direction.Egress])
        {
            if (!policy.Affects(direction)) continue;
            foreach (var rule in policy.Rules(direction))
                foreach (var peer in rule.Peers)
                    if (peer.PodSelector is { } selector) yield return selector;
        }
    }

    private void Mention(NetworkPolicy policy)
    {
        foreach (var selector in PodSelectorsOf(policy))
            foreach (var requirement in selector.Requirements) _mentionedKeys.Add(requirement.Key);
    }

    /// <summary>Looks a policy's parts up and puts it into its namespace; the classes that it selects are not told yet.</summary>
    private CompiledPolicy Compile(NetworkPolicy policy)
    {
        var state = StateOf(policy.Namespace);
        var compiled = new CompiledPolicy(
            _policiesSoFar++,
            policy,
            policy.AffectsIngress ? CompileRules(policy, Direction.Ingress) : [],
            policy.AffectsEgress ? CompileRules(policy, Direction.Egress) : []);
        if (_newBlocks.Count > 0) CoverNewBlocks();
        state.Policies.Add(compiled);
        return compiled;
    }

    private CompiledRule[] CompileRules(NetworkPolicy policy, Direction direction)
    {
        var rules = policy.Rules(direction);
        var compiled = new CompiledRule[rules.Length];
        for (var i = 0; i < rules.Length; i++)
        {
            var rule = rules[i];
            var ports = PortSpec.Of(rule.Ports);
            ref var shared = ref CollectionsMarshal.GetValueRefOrAddDefault(_portSpecs, ports, out _);
            ports = shared ??= ports;
            var peers = new Peer[rule.Peers.Length];
            for (var j = 0; j < peers.Length; j++)
            {
                peers[j] = Intern(PeerKey.Of(rule.Peers[j], policy.Namespace));
                peers[j].Uses++;
            }

            compiled[i] = new CompiledRule(rule, ports, peers);
        }

        return compiled;
    }

    private Peer Intern(PeerKey key)
    {
        ref var peer = ref CollectionsMarshal.GetValueRefOrAddDefault(_peerByKey, key, out _);
        if (peer is not null) return peer;
        peer = new Peer(_peers.Count, key);
        _peers.Add(peer);
        if (key.Block is not null)
        {
            _addresses.Add(peer);
            ForgetIntervals();
            if (_isBuilt) _newBlocks.Add(peer);
        }
        else if (key.NamespaceSelector is { } selector)
        {
            ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, selector, out var known);
            group ??= new PeerGroup(selector);
            group.Add(peer);
            if (!_isBuilt) return peer;
            if (!known) MatchNamespaces(group);
            FillFromGroup(peer, group);
        }
        else
        {
            var state = StateOf(key.Namespace!);
            state.OwnPeers.Add(peer);
            if (_isBuilt) FillFromNamespace(peer, state);
        }

        return peer;
    }

    private void Release(Peer peer)
    {
        if (--peer.Uses > 0) return;
        _peerByKey.Remove(peer.Key);
        _peers[peer.Id] = null;
        if (peer.Key.Block is not null)
        {
            _addresses.Remove(peer);
            ForgetIntervals();
        }
        else if (peer.Key.NamespaceSelector is { } selector) _groups[selector].Remove(peer);
        else _namespaceByName[peer.Key.Namespace!].OwnPeers.Remove(peer);
    }

    private void ForgetIntervals() => (_intervals, _lookupsWithoutIntervals) = (null, 0);
}
