using System.Runtime.InteropServices;
using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

// Changes touch what depends on them and nothing else. A change that would touch nearly everything (the first mention of a label key that pods
// have, a new block over many pods) asks for a rebuild instead.
internal sealed partial class CompiledForm
{
    private readonly List<Peer> _newBlocks = [];
    private IReadOnlyList<Pod?> _pods = [];
    private Dictionary<(string Namespace, string Name), CompiledPolicy>? _policyByName;
    private PodAddresses? _podAddresses;
    private int _emptyClasses;

    /// <summary>Counts changes of pods.</summary>
    public long Version { get; private set; }

    /// <summary>Whether the form has to be built anew; until then its answers must not be used.</summary>
    public bool NeedsRebuild { get; private set; }

    /// <summary>What happened to pods and peers since the form was built.</summary>
    public ChangeJournal Journal { get; } = new();

    /// <summary>Does what the first change would have to do.</summary>
    public void Prepare()
    {
        IndexPolicies();
        _podAddresses ??= new PodAddresses(_pods);

        // Projections of labels that pods of a large cluster had: the few that changes bring are found anew.
        _projectionOf.Clear();
        _projectionOf.TrimExcess();
    }

    /// <summary>Takes over what a pod is now; null where it is gone or finished.</summary>
    public void SetPod(int number, Pod? before, Pod? pod)
    {
        if (number >= _classOf.Length)
        {
            var grown = new int[Grown(number)];
            grown.AsSpan().Fill(-1);
            _classOf.CopyTo(grown, 0);
            _classOf = grown;
            Array.Resize(ref _neighbours, grown.Length);
        }

        Move(number, before, pod is null ? null : Classify(pod));
        _podAddresses?.Set(number, pod);
    }

    /// <summary>How much room lists by pod are to have when a number finds none: a quarter more than there was. A large cluster does not double.</summary>
    public static int Grown(int number) => number + (number / 4) + 16;

    /// <summary>The first pod with a network of its own that has an address; -1 where there is none.</summary>
    public int FindPod(Address address)
    {
        var first = -1;
        foreach (var pod in FindPods(address))
            if (first < 0 || pod < first) first = pod;
        return first;
    }

    /// <summary>The pods with a network of their own that have an address, in no order.</summary>
    public IEnumerable<int> FindPods(Address address)
    {
        _podAddresses ??= new PodAddresses(_pods);
        return _podAddresses.Inside(new IpBlock(new Prefix(address, Address.Bits(address.Family)), [])).Where(pod => _pods[pod] is { Network.HostNetwork: false });
    }

    /// <summary>Takes over what the labels of a namespace are now.</summary>
    public void SetNamespace(string name, LabelSet labels, bool declared)
    {
        var state = StateOf(name);
        if (state.Declared == declared && state.Labels.Equals(labels)) return;
        (state.Labels, state.Declared) = (labels, declared);
        _namespaceIndex.Relabel(state.Id);
        var before = state.MatchedBy.ToHashSet();
        foreach (var group in _groups.Values)
        {
            if (group.IsEverywhere) continue;
            var matches = MatchesAsDecided(state, group.Selector!);
            if (matches == before.Contains(group)) continue;
            if (matches)
            {
                group.Namespaces.Add(state);
                state.MatchedBy.Add(group);
            }
            else
            {
                group.Namespaces.Remove(state);
                state.MatchedBy.Remove(group);
            }

            foreach (var peer in group.Peers)
            {
                _found.Clear();
                SelectPeers(state, peer.Key.PodSelector, _found);
                foreach (var id in _found)
                {
                    if (peer.Columns.Contains(id) != matches) Journal.Toggled(peer, id);
                    if (matches) peer.Columns.Add(id);
                    else peer.Columns.Remove(id);
                }
            }
        }
    }

    /// <summary>Takes over what a policy is now; null where it is gone.</summary>
    public void SetPolicy(string @namespace, string name, NetworkPolicy? policy)
    {
        if (policy is not null && !MentionNow(policy))
        {
            NeedsRebuild = true;
            return;
        }

        IndexPolicies().Remove((@namespace, name), out var old);

        // The new version first, so that peers which both versions have stay.
        var compiled = policy is null ? null : Compile(policy);
        if (compiled is not null)
        {
            _policyByName!.Add((@namespace, name), compiled);
            _namespaceByName[@namespace].Classes.Select(policy!.PodSelector, compiled.Selected);
            foreach (var id in compiled.Selected) Select(_classes[id], null, compiled);
        }

        if (old is null) return;
        _namespaceByName[@namespace].Policies.Remove(old);
        foreach (var id in old.Selected) Select(_classes[id], old, null);
        foreach (var direction in (ReadOnlySpan<Direction>)[Direction.Ingress, Direction.Egress])
            foreach (var rule in old.Rules(direction))
                foreach (var peer in rule.Peers) Release(peer);
    }

    private Dictionary<(string, string), CompiledPolicy> IndexPolicies() =>
        _policyByName ??= _namespaces.SelectMany(state => state.Policies).ToDictionary(p => (p.Policy.Namespace, p.Policy.Name));

    private void Move(int pod, Pod? before, PodClass? to)
    {
        // Room for classes without pods: pods come back. Past that, they only cost.
        const int EmptyClassesAllowed = 4096;
        Version++;
        Journal.Moved(new PodMove(pod, before, _classOf[pod]));
        if (_classOf[pod] >= 0)
        {
            var from = _classes[_classOf[pod]];
            Unlink(pod, from);
            if (--from.Pods == 0) _emptyClasses++;
        }

        _classOf[pod] = to?.Id ?? -1;
        if (to is not null) Link(pod, to);
        _podsByClass = null;
        if (to is not null && to.Pods++ == 0) _emptyClasses--;
        if (_emptyClasses > EmptyClassesAllowed && _emptyClasses > _classes.Count / 2) NeedsRebuild = true;
    }

    /// <summary>Tells a new class to the policies and peers that match it.</summary>
    private void Connect(PodClass podClass)
    {
        // It is empty until its first pod is moved in.
        _emptyClasses++;
        ConnectBlocks(podClass);
        if (podClass.Namespace is not { } state) return;
        List<CompiledPolicy>? policies = null;
        foreach (var policy in state.Policies)
        {
            if (!policy.Policy.PodSelector.Matches(podClass.Labels)) continue;
            policy.Selected.Add(podClass.Id);
            (policies ??= []).Add(policy);
        }

        if (policies is not null) SetRules(podClass, Intern([.. policies]));
        if (podClass.Kind != ClassKind.Ordinary) return;
        ConnectPeers(state.OwnPeers, podClass);
        if (_groups.TryGetValue(LabelSelector.Everything, out var everywhere)) ConnectPeers(everywhere, podClass);
        foreach (var group in state.MatchedBy) ConnectPeers(group, podClass);
    }

    private static void ConnectPeers(PeerGroup group, PodClass podClass)
    {
        foreach (var peer in group.Peers)
            if (peer.Key.PodSelector.Matches(podClass.Labels)) peer.Columns.Add(podClass.Id);
    }

    private void ConnectNamespace(PeerGroup group, NamespaceState state)
    {
        if (group.IsEverywhere || !MatchesAsDecided(state, group.Selector!)) return;
        group.Namespaces.Add(state);
        state.MatchedBy.Add(group);
    }

    /// <summary>Adds a policy to those that select a class, or takes it away.</summary>
    private void Select(PodClass podClass, CompiledPolicy? removed, CompiledPolicy? added)
    {
        var old = podClass.Rules?.Policies ?? [];
        CompiledPolicy[] policies = added is not null ? [.. old, added] : Array.FindAll(old, policy => policy != removed);
        SetRules(podClass, policies.Length == 0 ? null : Intern(policies));
    }

    /// <summary>Takes note of the label keys that a policy mentions; false where pods have to be told apart by one more key.</summary>
    private bool MentionNow(NetworkPolicy policy)
    {
        foreach (var selector in PodSelectorsOf(policy))
            foreach (var requirement in selector.Requirements)
            {
                if (_mentionedKeys.Contains(requirement.Key)) continue;
                if (_seenKeys.Contains(requirement.Key)) return false;
                _mentionedKeys.Add(requirement.Key);
            }

        // Remembered projections of labels without these keys stay right.
        return true;
    }

    /// <summary>Moves the pods inside blocks that no policy named before to classes that know these blocks.</summary>
    private void CoverNewBlocks()
    {
        const int ManyPods = 2048;
        foreach (var peer in CollectionsMarshal.AsSpan(_newBlocks))
        {
            foreach (var podClass in _classes)
                if (podClass.Blocks.IsAny && peer.MayHold(podClass.Kind)) peer.Columns.Add(podClass.Id);
            _podAddresses ??= new PodAddresses(_pods);
            var inside = _podAddresses.Inside(peer.Key.Block!);
            if (inside.Count > ManyPods)
            {
                NeedsRebuild = true;
                break;
            }

            foreach (var pod in inside) Move(pod, _pods[pod], Classify(_pods[pod]!));
        }

        _newBlocks.Clear();
    }
}
