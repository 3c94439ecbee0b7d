using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine;

public sealed partial class Reachability
{
    // The objects by name, kept once the first change has come.
    private PodNumbers? _podNumbers;

    // Finished pods take no part, but still say that their workload has had its pods.
    private Dictionary<(string Namespace, string Name), Pod> _finished = [];
    private Dictionary<string, Namespace> _declared = [];
    private Dictionary<(string Namespace, string Name), NetworkPolicy> _policies = [];
    private Stack<int> _free = [];
    private bool _changed;

    /// <summary>Takes a change of one object over; answers are then the same as after compiling anew. Numbers of other pods stay until <see cref="Snapshot"/> is next read.</summary>
    /// <exception cref="ArgumentException">The object is neither a pod, a namespace nor a NetworkPolicy.</exception>
    public void Apply(Change change)
    {
        if (_podNumbers is null) IndexObjects();
        _changed = true;
        ForgetFamilies();
        switch (change.Object)
        {
            case Pod pod:
                ApplyPod(pod, change.Removed);
                break;
            case Namespace item:
                ApplyNamespace(item, change.Removed);
                break;
            case NetworkPolicy policy:
                if (change.Removed) _policies.Remove((policy.Namespace, policy.Name));
                else _policies[(policy.Namespace, policy.Name)] = policy;
                var now = change.Removed ? null : policy;
                _certain.SetPolicy(policy.Namespace, policy.Name, now);
                _possible?.SetPolicy(policy.Namespace, policy.Name, now);
                break;
            default:
                throw new ArgumentException($"a {change.Object.Kind} changes no verdict between pods", nameof(change));
        }

        Settle();
    }

    /// <summary>
    /// Makes ready for many changes: what the first would cost is done, and lists that only <see cref="Snapshot"/> needs are let go of, until it is asked for.
    /// </summary>
    public void Prepare()
    {
        if (_podNumbers is null) IndexObjects();
        _snapshot = Snapshot.Create(_snapshot.Objects with { Pods = [], Namespaces = [], NetworkPolicies = [] });
        _changed = true;
        _certain.Prepare();
    }

    /// <summary>Finds a pod's number; -1 where there is none. Right after <see cref="Apply"/>, without making the snapshot anew.</summary>
    public int FindPod(string @namespace, string name) =>
        _podNumbers is null ? _snapshot.FindPod(@namespace, name) : _podNumbers.Find(@namespace, name);

    /// <summary>Finds the pod with an address (not those on the host's network); -1 where there is none. Right after <see cref="Apply"/>, without making the snapshot anew.</summary>
    public int FindPod(Address address) => _changed ? _certain.FindPod(address) : _snapshot.FindPod(address);

    /// <summary>Finds all pods with an address (not those on the host's network), in no order. Right after <see cref="Apply"/>, without making the snapshot anew.</summary>
    public IEnumerable<Pod> FindPods(Address address) => FindPodNumbers(address).Select(pod => _pods[pod]!);

    /// <summary>Like <see cref="FindPods"/>, by number.</summary>
    public IEnumerable<int> FindPodNumbers(Address address) => _certain.FindPods(address);

    private void ApplyPod(Pod pod, bool removed)
    {
        var key = (pod.Namespace, pod.Name);
        if (pod.IsFinished && !removed) _finished[key] = pod;
        else if (_finished.Count > 0) _finished.Remove(key);
        var number = _podNumbers!.Find(pod.Namespace, pod.Name);
        if (removed || pod.IsFinished)
        {
            if (number < 0) return;
            _podNumbers.Remove(number);
            _free.Push(number);
            SetPod(number, null);
            return;
        }

        if (number >= 0)
        {
            SetPod(number, _snapshot.Locate(pod));
            return;
        }

        if (!_free.TryPop(out number))
        {
            number = _pods.Count;
            if (number == _pods.Capacity) _pods.Capacity = CompiledForm.Grown(number);
            _pods.Add(null);
        }

        SetPod(number, _snapshot.Locate(pod));
        _podNumbers.Add(number);
    }

    private void SetPod(int number, Pod? pod)
    {
        var before = _pods[number];
        _pods[number] = pod;
        _certain.SetPod(number, before, pod);
        _possible?.SetPod(number, before, pod);
    }

    private void ApplyNamespace(Namespace item, bool removed)
    {
        if (removed) _declared.Remove(item.Name);
        else _declared[item.Name] = item;
        var labels = removed ? LabelSet.Of(Namespace.NameLabel, item.Name) : item.Labels.With(Namespace.NameLabel, item.Name);
        _certain.SetNamespace(item.Name, labels, !removed);
        _possible?.SetNamespace(item.Name, labels, !removed);
    }

    /// <summary>Builds anew what asks for it.</summary>
    private void Settle()
    {
        if (!_certain.NeedsRebuild && _possible is not { NeedsRebuild: true }) return;
        _certain = Build(optimistic: false);
        _possible = null;
    }

    private CompiledForm Build(bool optimistic) => _podNumbers is null
        ? CompiledForm.Build(_snapshot.Namespaces, _pods, _snapshot.Objects.NetworkPolicies, optimistic)
        : CompiledForm.Build(CurrentNamespaces(), _pods, _policies.Values, optimistic);

    private List<SnapshotNamespace> CurrentNamespaces()
    {
        var used = new HashSet<string>(_declared.Keys);
        foreach (var pod in _pods)
            if (pod is not null) used.Add(pod.Namespace);
        foreach (var policy in _policies.Values) used.Add(policy.Namespace);
        return [.. used.Select(Describe)];
    }

    private SnapshotNamespace Describe(string name) => _declared.TryGetValue(name, out var item)
        ? new SnapshotNamespace(name, item.Labels.With(Namespace.NameLabel, name), Declared: true, item.Location)
        : new SnapshotNamespace(name, LabelSet.Of(Namespace.NameLabel, name), Declared: false, default);

    private void IndexObjects()
    {
        _podNumbers = new(_pods);
        for (var i = 0; i < _snapshot.Pods.Length; i++)
            if (!_snapshot.Pods[i].FromTemplate) _podNumbers.Add(i);
        _finished = _snapshot.Objects.Pods.Where(pod => pod.IsFinished).ToDictionary(pod => (pod.Namespace, pod.Name));
        _declared = _snapshot.Objects.Namespaces.ToDictionary(item => item.Name);
        _policies = _snapshot.Objects.NetworkPolicies.ToDictionary(policy => (policy.Namespace, policy.Name));
    }

    /// <summary>Makes the snapshot anew: pods without gaps, and templates only of workloads that have no pods now.</summary>
    private void Renumber()
    {
        _changed = false;
        var old = _snapshot.Objects;
        var listed = _podNumbers!.All.Order().Select(number => _pods[number]!);
        _snapshot = Snapshot.Create(old with
        {
            Pods = [.. listed, .. _finished.Values],
            Namespaces = [.. _declared.Values.OrderBy(item => item.Name, StringComparer.Ordinal)],
            NetworkPolicies = [.. _policies.Values],
        });
        _pods.Clear();
        foreach (var pod in _snapshot.Pods) _pods.Add(pod.Pod);
        _free = [];
        IndexObjects();
        _certain = Build(optimistic: false);
        _possible = null;
    }
}
