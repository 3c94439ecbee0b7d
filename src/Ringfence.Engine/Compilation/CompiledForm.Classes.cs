using System.Runtime.InteropServices;
using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

internal sealed partial class CompiledForm
{
    // Label keys that some podSelector mentions: only they can tell pods apart, so that pod-template-hash and the like drop out.
    private readonly HashSet<string> _mentionedKeys = [];

    // Label keys that some pod has.
    private readonly HashSet<string> _seenKeys = [];
    private readonly Dictionary<LabelSet, int> _projectionOf = [];
    private readonly Dictionary<LabelSet, int> _projectionIds = [];
    private readonly List<LabelSet> _projections = [];
    private readonly Dictionary<PodNetworkSpec, int> _signatureOf = [];
    private readonly Dictionary<PortSignature, int> _signatureIds = [];
    private readonly List<PortSignature> _signatures = [];
    private readonly Dictionary<ClassKey, int> _classIds = [];
    private readonly Dictionary<BlockSet, BlockSet> _blockSets = new() { [BlockSet.None] = BlockSet.None };
    private readonly AddressIndex _addresses = new();
    private readonly List<int> _foundBlocks = [];
    private bool _hasWaiting;

    // Made once so many addresses have been looked up since the blocks last changed that it pays.
    private const int LookupsWorthATable = 256;
    private int _lookupsWithoutIntervals;
    private IntervalTable? _intervals;
    private bool _lacksPodAddresses;
    private bool _lacksNodeAddresses;
    private bool _isBuilt;

    // Pods come workload by workload: the last answer is often the next one.
    private (LabelSet? Labels, int Projection) _lastProjection;
    private (PodNetworkSpec? Network, int Signature) _lastSignature;
    private NamespaceState? _lastNamespace;

    /// <summary>The addresses at which a pod's traffic is seen.</summary>
    public static ReadOnlySpan<Address> AddressesOf(Pod pod) =>
        (pod.Network.HostNetwork && !pod.HostAddresses.IsEmpty ? pod.HostAddresses : pod.Addresses).AsSpan();

    /// <summary>Whether a pod was not given an address yet, so that nothing matches it.</summary>
    private static bool IsWaiting(Pod pod) => AddressesOf(pod).IsEmpty && pod.Phase == PodPhase.Pending;

    private static ClassKind KindOf(Pod pod) =>
        pod.Network.HostNetwork ? ClassKind.Host
        : IsWaiting(pod) ? ClassKind.Waiting
        : ClassKind.Ordinary;

    /// <summary>The class of a pod, made where it is the first of its kind.</summary>
    private PodClass Classify(Pod pod)
    {
        var kind = KindOf(pod);
        var blocks = IsWaiting(pod) ? BlockSet.None : BlocksAt(pod);
        NamespaceState? state = null;
        ClassKey key;
        if (kind == ClassKind.Host)
        {
            key = new(-1, -1, -1, blocks.Id, kind);
        }
        else
        {
            state = StateOf(pod.Namespace);
            key = new(state.Id, Project(pod.Labels), SignatureOf(pod.Network), blocks.Id, kind);
        }

        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_classIds, key, out var known);
        if (known) return _classes[id];
        id = _classes.Count;
        var labels = kind == ClassKind.Host ? LabelSet.Empty : _projections[key.Labels];
        var ports = kind == ClassKind.Host ? PortSignature.Empty : _signatures[key.Ports];
        return AddClass(new PodClass(id, state, labels, ports, blocks, kind));
    }

    private PodClass AddClass(PodClass podClass)
    {
        var id = podClass.Id;
        _classes.Add(podClass);
        if (id == _ingress.Length)
        {
            Array.Resize(ref _ingress, id * 2);
            Array.Resize(ref _egress, id * 2);
            Array.Resize(ref _ports, id * 2);
            Array.Resize(ref _isHost, id * 2);
        }

        _ports[id] = podClass.Ports;
        _hasWaiting |= podClass.Kind == ClassKind.Waiting;
        _isHost[id] = podClass.Kind == ClassKind.Host;
        podClass.Namespace?.Classes.Add(id);
        if (podClass.Kind == ClassKind.Ordinary) _everyClass.Add(id);
        if (_isBuilt) Connect(podClass);
        return podClass;
    }

    private NamespaceState StateOf(string name)
    {
        if (_lastNamespace is { } last && last.Name == name) return last;
        if (!_namespaceByName.TryGetValue(name, out var state))
        {
            state = AddNamespace(name, LabelSet.Of(Namespace.NameLabel, name), declared: false);
            foreach (var group in _groups.Values) ConnectNamespace(group, state);
        }

        return _lastNamespace = state;
    }

    /// <summary>The labels that selectors mention, by number.</summary>
    private int Project(LabelSet labels)
    {
        if (ReferenceEquals(labels, _lastProjection.Labels)) return _lastProjection.Projection;
        if (!_projectionOf.TryGetValue(labels, out var id))
        {
            var kept = new List<string>(labels.Count * 2);
            var pairs = labels.Pairs;
            for (var i = 0; i < pairs.Length; i += 2)
            {
                _seenKeys.Add(pairs[i]);
                if (!_mentionedKeys.Contains(pairs[i])) continue;
                kept.Add(pairs[i]);
                kept.Add(pairs[i + 1]);
            }

            var projection = kept.Count == pairs.Length ? labels : LabelSet.Of(CollectionsMarshal.AsSpan(kept));
            if (!_projectionIds.TryGetValue(projection, out id))
            {
                id = _projections.Count;
                _projections.Add(projection);
                _projectionIds.Add(projection, id);
            }

            _projectionOf.Add(labels, id);
        }

        _lastProjection = (labels, id);
        return id;
    }

    private int SignatureOf(PodNetworkSpec network)
    {
        if (ReferenceEquals(network, _lastSignature.Network)) return _lastSignature.Signature;
        if (!_signatureOf.TryGetValue(network, out var id))
        {
            var signature = PortSignature.Of(network.Ports);
            if (!_signatureIds.TryGetValue(signature, out id))
            {
                id = _signatures.Count;
                _signatures.Add(signature);
                _signatureIds.Add(signature, id);
            }

            _signatureOf.Add(network, id);
        }

        _lastSignature = (network, id);
        return id;
    }

    /// <summary>The ipBlocks that hold the pod's addresses.</summary>
    private BlockSet BlocksAt(Pod pod)
    {
        var addresses = AddressesOf(pod);
        if (addresses.IsEmpty)
        {
            if (pod.Network.HostNetwork) _lacksNodeAddresses = true;
            else _lacksPodAddresses = true;
            return _optimistic ? Intern(new BlockSet(_blockSets.Count, [], any: true)) : BlockSet.None;
        }

        if (_addresses.IsEmpty) return BlockSet.None;
        if (addresses.Length > 1 || addresses[0].Family != IpFamily.V4) return BlocksAt(addresses);
        if (_intervals is null)
        {
            if (++_lookupsWithoutIntervals < LookupsWorthATable) return BlocksAt(addresses);
            _intervals = new IntervalTable(_addresses.Peers);
        }

        ref var known = ref _intervals.At((uint)addresses[0].Value);
        return known ??= BlocksAt(addresses);
    }

    private BlockSet BlocksAt(ReadOnlySpan<Address> addresses)
    {
        _foundBlocks.Clear();
        foreach (var address in addresses) _addresses.Find(address, _foundBlocks);
        if (_foundBlocks.Count == 0) return BlockSet.None;
        _foundBlocks.Sort();
        var distinct = 1;
        for (var i = 1; i < _foundBlocks.Count; i++)
            if (_foundBlocks[i] != _foundBlocks[distinct - 1]) _foundBlocks[distinct++] = _foundBlocks[i];
        return Intern(new BlockSet(_blockSets.Count, CollectionsMarshal.AsSpan(_foundBlocks)[..distinct].ToArray(), any: false));
    }

    private BlockSet Intern(BlockSet blocks)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_blockSets, blocks, out _);
        return known ??= blocks;
    }

    /// <summary>Makes a class a member of the ipBlock peers that hold its addresses.</summary>
    private void ConnectBlocks(PodClass podClass)
    {
        if (podClass.Blocks.IsAny)
        {
            foreach (var peer in _addresses.Peers)
                if (peer.MayHold(podClass.Kind)) peer.Columns.Add(podClass.Id);
        }

        foreach (var id in podClass.Blocks.Peers) _peers[id]?.Columns.Add(podClass.Id);
    }
}
