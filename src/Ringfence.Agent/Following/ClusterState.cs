using System.Collections.Immutable;
using Ringfence.Dataplane.Compilation;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Agent.Following;

/// <summary>What the agent knows of the cluster, and what its node has to enforce of it. One thread at a time.</summary>
internal sealed class ClusterState
{
    /// <summary>The annotation of a node that switches the logging of allowed connections on (<c>"true"</c>).</summary>
    public const string LogAnnotation = "ringfence.dev/log-allowed";

    private readonly string _node;
    private readonly Func<IReadOnlySet<Address>, NodeLinks> _readLinks;
    private readonly ObjectStore<Pod> _pods;
    private readonly ObjectStore<Namespace> _namespaces = new(Meaning.Of, Meaning.IsSame);
    private readonly ObjectStore<NetworkPolicy> _policies;
    private PolicyParts _parts = new();
    private readonly ObjectStore<Node> _nodes = new(item => item, Meaning.IsSame);
    private readonly Dictionary<ObjectName, Pod> _localPods = [];
    private readonly LocalPods _local;

    // Addresses that came to pods or left them.
    private HashSet<Address> _newOwners = [];

    // Policies that were never read: see StrictReading.
    private readonly HashSet<ObjectName> _unknown = [];

    /// <summary>Knows nothing yet.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="readLinks">Looks at the node's interfaces, given the addresses of all nodes.</param>
    /// <param name="owners">Interfaces and addresses that a former agent gave to pods.</param>
    public ClusterState(string node, Func<IReadOnlySet<Address>, NodeLinks> readLinks, IEnumerable<(string Interface, Address Address)> owners)
    {
        (_node, _readLinks) = (node, readLinks);
        _local = new LocalPods(node, owners);
        _pods = new(pod => Meaning.Of(pod, node), Meaning.IsSame);
        _policies = new(policy => _parts.Shared(policy), Meaning.IsSame);
    }

    /// <summary>The cluster; null until all of it was seen once.</summary>
    public Reachability? Cluster { get; private set; }

    /// <summary>The kinds of which no full list came yet.</summary>
    public ImmutableArray<string> Awaited => _namespaces.IsComplete && _policies.IsComplete && _nodes.IsComplete && _pods.IsComplete
        ? []
        : [.. Completeness.Where(kind => !kind.IsComplete).Select(kind => kind.Kind)];

    /// <summary>The node; null where it is not known.</summary>
    public Node? Node => _nodes.TryGet(new ObjectName("", _node), out var node) ? node : null;

    /// <summary>What the node has to enforce.</summary>
    public NodeScope Scope => _local.Scope;

    /// <summary>Why pods of the node stay closed, by pod.</summary>
    public ImmutableSortedDictionary<string, string> Closed => _local.Closed;

    /// <summary>Whether allowed connections are to be logged.</summary>
    public bool LogAllowed => Node?.Annotations[LogAnnotation] == "true";

    /// <summary>How many policies there are.</summary>
    public int Policies => _policies.Objects.Count;

    /// <summary>How many pods take part.</summary>
    public int Pods => _pods.Objects.Count;

    /// <summary>Why objects cannot be read, by kind and name, with what counts instead.</summary>
    public IEnumerable<(string Object, string Why, string Instead)> Unreadable =>
        Told(_policies, "NetworkPolicy", "it is taken for one that isolates all pods of its namespace and admits nothing")
            .Concat(Told(_namespaces, "Namespace", "no selector of labels matches it"))
            .Concat(Told(_pods, "Pod", "it is no peer of any policy, and closed where it is this node's"))
            .Concat(Told(_nodes, "Node", "it is not known"));

    /// <summary>Takes over what came.</summary>
    /// <returns>Whether what has to be enforced may be different now.</returns>
    public bool Take(IReadOnlyDictionary<string, KindNews> news)
    {
        var namespaces = Take(_namespaces, news, "Namespace");
        var policies = Take(_policies, news, "NetworkPolicy");

        // It pays where many come at once, and would only grow.
        _parts = new PolicyParts();
        var pods = Take(_pods, news, "Pod");
        var nodes = Take(_nodes, news, "Node");
        foreach (var (name, before, now) in pods)
        {
            if (now?.NodeName is not null) _localPods[name] = now;
            else if (before?.NodeName is not null) _localPods.Remove(name);
            NoteOwners(before, now);
        }

        if (Cluster is null)
        {
            if (nodes.Count > 0) _local.Update([], Node, NodeLinks.None, _ => null);
            if (!Awaited.IsEmpty) return nodes.Count > 0;
            foreach (var name in _policies.Refused.Keys.Where(name => !_policies.TryGet(name, out _))) _unknown.Add(name);
            Cluster = Reachability.Compile(Snapshot.Create(new ClusterObjects
            {
                Pods = [.. _pods.Objects],
                Namespaces = [.. _namespaces.Objects],
                NetworkPolicies = [.. _policies.Objects, .. _unknown.Select(StrictReading)],
            }));
            Cluster.Prepare();
            LookAtClaims();
            return true;
        }

        foreach (var change in namespaces) Apply(change);
        foreach (var change in policies) Apply(change);
        foreach (var change in pods) Apply(change);
        var unknown = ApplyUnknown();

        var isLocal = (nodes.Count > 0 || pods.Exists(ConcernsClaims)) && LookAtClaims();
        return isLocal || unknown || namespaces.Count + policies.Count + pods.Count > 0 || nodes.Any(change => change.Name.Name == _node);
    }

    /// <summary>The addresses that came to pods or left them since this was last called.</summary>
    public IReadOnlySet<Address> TakeNewOwners()
    {
        var taken = _newOwners;
        _newOwners = [];
        return taken;
    }

    /// <summary>The addresses of the node's own pods that have another interface than they had, or had one and are nobody's.</summary>
    /// <param name="before">What they had.</param>
    public IReadOnlySet<Address> NewOwnersSince(IEnumerable<(string Interface, Address Address)> before)
    {
        var now = Scope.Pods.SelectMany(local => _localPods[new ObjectName(local.Namespace, local.Name)].Addresses.Select(address => (local.Interface, Address: address)));
        var changed = now.ToHashSet();
        changed.SymmetricExceptWith(before);
        return changed.Select(owner => owner.Address).ToHashSet();
    }

    /// <summary>Looks anew at who has which interface and address: interfaces come and go without the API knowing.</summary>
    /// <returns>Whether what has to be enforced is different now.</returns>
    public bool LookAtClaims()
    {
        var addresses = _nodes.Objects.SelectMany(item => item.Addresses).ToHashSet();
        return _local.Update(_localPods.Values, Node, _readLinks(addresses), OwnerElsewhere);

        string? OwnerElsewhere(Address address)
        {
            foreach (var item in _nodes.Objects)
            {
                if (item.Addresses.Contains(address)) return $"node {item.Name}";
                if (item.Name != _node && item.PodCidrs.Any(range => range.Contains(address))) return $"node {item.Name}'s pods";
            }

            return Cluster?.FindPods(address).Where(pod => pod.NodeName is null).Select(pod => pod.QualifiedName).Min(StringComparer.Ordinal) is { } other
                ? $"pod {other} of another node"
                : null;
        }
    }

    // Pods of other nodes concern this one's only where these have addresses from elsewhere.
    private bool ConcernsClaims(ObjectChange<Pod> change) =>
        change.Before?.NodeName is not null || change.Now?.NodeName is not null
        || (_local.Elsewhere.Count > 0 && ((change.Before?.Addresses.Any(_local.Elsewhere.Contains) ?? false) || (change.Now?.Addresses.Any(_local.Elsewhere.Contains) ?? false)));

    private IEnumerable<(string Kind, bool IsComplete)> Completeness =>
        [("Namespace", _namespaces.IsComplete), ("NetworkPolicy", _policies.IsComplete), ("Node", _nodes.IsComplete), ("Pod", _pods.IsComplete)];

    private void NoteOwners(Pod? before, Pod? now)
    {
        if (Cluster is null || (before is not null && now is not null && before.Addresses.AsSpan().SequenceEqual(now.Addresses.AsSpan()))) return;
        _newOwners.UnionWith(before?.Addresses ?? []);
        _newOwners.UnionWith(now?.Addresses ?? []);
    }

    private static List<ObjectChange<T>> Take<T>(ObjectStore<T> store, IReadOnlyDictionary<string, KindNews> news, string kind)
        where T : KubernetesObject => news.TryGetValue(kind, out var ofKind) ? store.Take(ofKind) : [];

    private static IEnumerable<(string, string, string)> Told<T>(ObjectStore<T> store, string kind, string otherwise)
        where T : KubernetesObject => store.Refused.Select(item => (
            $"{kind} {item.Key}", item.Value, store.TryGet(item.Key, out _) ? "its version before stays in force" : otherwise));

    private void Apply<T>(ObjectChange<T> change)
        where T : KubernetesObject => Cluster!.Apply(new Change(change.Now ?? change.Before!, Removed: change.Now is null));

    /// <summary>Takes over which policies are there that were never read.</summary>
    private bool ApplyUnknown()
    {
        if (_unknown.Count == 0 && _policies.Refused.Count == 0) return false;
        var changed = false;
        foreach (var name in _policies.Refused.Keys)
        {
            if (_policies.TryGet(name, out _) || !_unknown.Add(name)) continue;
            Cluster!.Apply(new Change(StrictReading(name), Removed: false));
            changed = true;
        }

        foreach (var name in _unknown.Where(name => !_policies.Refused.ContainsKey(name) || _policies.TryGet(name, out _)).ToList())
        {
            _unknown.Remove(name);
            changed = true;
            if (!_policies.TryGet(name, out _)) Cluster!.Apply(new Change(StrictReading(name), Removed: true));
        }

        return changed;
    }

    /// <summary>
    /// The most that a policy can take away: it isolates every pod of its namespace, and what others admit stays admitted. Whoever can write a policy that
    /// cannot be read can write this one too.
    /// </summary>
    private static NetworkPolicy StrictReading(ObjectName name) =>
        new() { Namespace = name.Namespace, Name = name.Name, AffectsIngress = true, AffectsEgress = true };
}
