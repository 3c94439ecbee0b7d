using System.Runtime.InteropServices;
using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

internal sealed partial class CompiledForm
{
    private readonly Dictionary<string, NamespaceState> _namespaceByName;
    private readonly List<NamespaceState> _namespaces;
    private readonly LabelIndex _namespaceIndex;

    // Classes of pods that peers can match, of all namespaces.
    private readonly LabelIndex _everyClass;
    private readonly Dictionary<CompiledPolicy[], RuleSet> _ruleSets = new(PolicyListComparer.Instance);
    private readonly List<int> _found = [];
    private bool _lacksLabels;

    private CompiledForm(int namespaces, int pods, bool optimistic)
    {
        _optimistic = optimistic;
        _namespaceByName = new(namespaces);
        _namespaces = new(namespaces);
        _classOf = new int[pods];
        _neighbours = new (int, int)[pods];
        _namespaceIndex = new LabelIndex(id => _namespaces[id].Labels);
        _everyClass = new LabelIndex(id => _classes[id].Labels);
    }

    /// <summary>Compiles a cluster.</summary>
    /// <param name="namespaces">Every namespace that is declared or used.</param>
    /// <param name="pods">The pods by number; null where a number is free. Looked at again when changes come.</param>
    /// <param name="policies">The policies.</param>
    /// <param name="optimistic">Which way to decide what the input lacks.</param>
    public static CompiledForm Build(
        IReadOnlyCollection<SnapshotNamespace> namespaces, IReadOnlyList<Pod?> pods, IReadOnlyCollection<NetworkPolicy> policies, bool optimistic)
    {
        var form = new CompiledForm(namespaces.Count, pods.Count, optimistic) { _pods = pods };
        foreach (var item in namespaces) form.AddNamespace(item.Name, item.Labels, item.Declared);
        foreach (var policy in policies) form.Mention(policy);
        foreach (var policy in policies) form.Compile(policy);
        foreach (var group in form._groups.Values) form.MatchNamespaces(group);
        if (!form._addresses.IsEmpty) form._intervals = new IntervalTable(form._addresses.Peers);
        for (var i = 0; i < pods.Count; i++)
        {
            if (pods[i] is not { } pod)
            {
                form._classOf[i] = -1;
                continue;
            }

            var podClass = form.Classify(pod);
            podClass.Pods++;
            form._classOf[i] = podClass.Id;
            form.Link(i, podClass);
        }

        // Peers and rule sets do not depend on each other; both only read the classes.
        Parallel.Invoke(form.FillPeers, form.AssignPolicies);
        form._isBuilt = true;
        return form;
    }

    private NamespaceState AddNamespace(string name, LabelSet labels, bool declared)
    {
        var state = new NamespaceState(_namespaces.Count, name, new LabelIndex(id => _classes[id].Labels))
        {
            Labels = labels,
            Declared = declared,
        };
        _namespaces.Add(state);
        _namespaceByName.Add(name, state);
        _namespaceIndex.Add(state.Id);
        return state;
    }

    /// <summary>Finds the namespaces of a group of peers.</summary>
    private void MatchNamespaces(PeerGroup group)
    {
        if (group.IsEverywhere) return;
        var selector = group.Selector!;
        var needsLabels = selector.Requirements.Any(requirement => requirement.Key != Namespace.NameLabel);
        _found.Clear();
        _namespaceIndex.Select(selector, _found);
        foreach (var id in _found)
        {
            var state = _namespaces[id];
            if (!state.Declared && needsLabels) continue;
            group.Namespaces.Add(state);
            state.MatchedBy.Add(group);
        }

        if (!needsLabels) return;
        foreach (var state in _namespaces)
        {
            if (state.Declared || !MatchesAsDecided(state, selector)) continue;
            group.Namespaces.Add(state);
            state.MatchedBy.Add(group);
        }
    }

    /// <summary>Whether a namespaceSelector matches, with the unknown decided this form's way.</summary>
    private bool MatchesAsDecided(NamespaceState state, LabelSelector selector)
    {
        var known = state.Matches(selector);
        if (known is null) _lacksLabels = true;
        return known ?? _optimistic;
    }

    private void FillPeers()
    {
        foreach (var state in _namespaces)
            foreach (var peer in state.OwnPeers.Peers) FillFromNamespace(peer, state);
        foreach (var group in _groups.Values)
            foreach (var peer in group.Peers) FillFromGroup(peer, group);
        if (_addresses.IsEmpty) return;
        foreach (var podClass in _classes) ConnectBlocks(podClass);
    }

    private void FillFromNamespace(Peer peer, NamespaceState state)
    {
        _found.Clear();
        SelectPeers(state, peer.Key.PodSelector, _found);
        peer.Columns.Fill(CollectionsMarshal.AsSpan(_found));
    }

    private void FillFromGroup(Peer peer, PeerGroup group)
    {
        // From this many namespaces on, one look at all classes is cheaper than a look at each namespace.
        const int ManyNamespaces = 16;
        var selector = peer.Key.PodSelector;
        _found.Clear();
        if (group.IsEverywhere)
        {
            _everyClass.Select(selector, _found);
        }
        else if (group.Namespaces.Count > ManyNamespaces && !selector.IsEverything)
        {
            _everyClass.Select(selector, _found);
            var wanted = group.Namespaces.ToHashSet();
            _found.RemoveAll(id => !wanted.Contains(_classes[id].Namespace!));
        }
        else
        {
            foreach (var state in group.Namespaces) SelectPeers(state, selector, _found);
            if (group.Namespaces.Count > 1) _found.Sort();
        }

        peer.Columns.Fill(CollectionsMarshal.AsSpan(_found));
    }

    /// <summary>The classes of a namespace that a peer's podSelector matches: those without address are not among them.</summary>
    private void SelectPeers(NamespaceState state, LabelSelector selector, List<int> result)
    {
        var before = result.Count;
        state.Classes.Select(selector, result);
        if (!_hasWaiting) return;
        for (var i = result.Count - 1; i >= before; i--)
            if (_classes[result[i]].Kind == ClassKind.Waiting) result.RemoveAt(i);
    }

    private void AssignPolicies()
    {
        var selecting = new List<CompiledPolicy>?[_classes.Count];
        foreach (var state in _namespaces)
            foreach (var policy in state.Policies)
            {
                state.Classes.Select(policy.Policy.PodSelector, policy.Selected);
                foreach (var id in policy.Selected) (selecting[id] ??= new(2)).Add(policy);
            }

        foreach (var podClass in _classes)
            if (selecting[podClass.Id] is { } policies) SetRules(podClass, Intern([.. policies]));
    }
}
