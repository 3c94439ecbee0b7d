using System.Collections.Immutable;
using Ringfence.Dataplane.Compilation;
using Ringfence.Model;

namespace Ringfence.Agent.Following;

/// <summary>
/// Which of a node's pods have which interface and addresses. Whoever may make a pod may write its annotations, so what a pod claims is looked at: what
/// is another's stays the other's, and the pod that claims it stays closed.
/// </summary>
/// <param name="node">The node's name.</param>
/// <param name="owners">Interfaces and addresses that a former agent gave to pods: they keep them.</param>
internal sealed class LocalPods(string node, IEnumerable<(string Interface, Address Address)> owners)
{
    private readonly HashSet<(string, Address)> _programmed = [.. owners];
    private Dictionary<ObjectName, string> _given = [];

    /// <summary>Why pods stay closed, a sentence each with what to do, by pod.</summary>
    public ImmutableSortedDictionary<string, string> Closed { get; private set; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>What the node has to enforce.</summary>
    public NodeScope Scope { get; private set; } = new(node, [], []);

    /// <summary>The addresses that its pods claim beside the node's ranges.</summary>
    public IReadOnlySet<Address> Elsewhere { get; private set; } = new HashSet<Address>();

    /// <summary>Looks at the claims anew.</summary>
    /// <param name="pods">The node's pods that take part.</param>
    /// <param name="self">The node; null where it is not known.</param>
    /// <param name="links">Its interfaces.</param>
    /// <param name="ownerElsewhere">Who else in the cluster has an address: a sentence's end, or null for nobody.</param>
    /// <returns>Whether anything is different from before.</returns>
    public bool Update(IEnumerable<Pod> pods, Node? self, NodeLinks links, Func<Address, string?> ownerElsewhere)
    {
        var ranges = self?.PodCidrs ?? [];
        var closed = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var taken = new Claims(links);
        var given = new Dictionary<ObjectName, string>();
        var local = ImmutableArray.CreateBuilder<LocalPod>();
        var (elsewhere, guarded) = (new HashSet<Address>(), new List<Prefix>());
        foreach (var pod in pods.OrderByDescending(IsOwner).ThenBy(pod => pod.QualifiedName, StringComparer.Ordinal))
        {
            var outside = pod.Addresses.Where(address => !ranges.Any(range => range.Contains(address))).ToList();
            elsewhere.UnionWith(outside);

            // Where the node's route leads says more than what others claim.
            var claimed = pod.Annotations[ManifestAgent.InterfaceAnnotation];
            var stolen = outside.Where(address => claimed is null || links.WayTo(address) != claimed)
                .Select(address => (Address: address, Owner: ownerElsewhere(address))).FirstOrDefault(claim => claim.Owner is not null);
            if (stolen.Owner is { } owner)
            {
                closed[pod.QualifiedName] = $"its address {stolen.Address} is that of {owner}";
                continue;
            }

            // A pod with an address from elsewhere is guarded too.
            guarded.AddRange(outside.Select(address => new Prefix(address, Address.Bits(address.Family))));
            if (taken.Refusal(pod) is { } refusal)
            {
                closed[pod.QualifiedName] = refusal;
                continue;
            }

            var name = pod.Annotations[ManifestAgent.InterfaceAnnotation]!;
            taken.Take(pod, name);
            given.Add(ObjectName.Of(pod), name);
            local.Add(new LocalPod(pod.Namespace, pod.Name, name));
        }

        _programmed.Clear();
        var scope = new NodeScope(
            node,
            [.. ranges, .. guarded.Distinct().OrderBy(range => range.Address)],
            [.. local.OrderBy(pod => pod.Namespace, StringComparer.Ordinal).ThenBy(pod => pod.Name, StringComparer.Ordinal)]);
        (_given, Elsewhere) = (given, elsewhere);
        Closed = closed.ToImmutable();
        if (scope.PodRanges.AsSpan().SequenceEqual(Scope.PodRanges.AsSpan()) && scope.Pods.AsSpan().SequenceEqual(Scope.Pods.AsSpan())) return false;
        Scope = scope;
        return true;
    }

    // After a restart, what the kernel still has says who was first.
    private bool IsOwner(Pod pod)
    {
        var name = pod.Annotations[ManifestAgent.InterfaceAnnotation];
        if (name is null) return false;
        if (_given.TryGetValue(ObjectName.Of(pod), out var given)) return given == name;
        return _programmed.Count > 0 && pod.Addresses.All(address => _programmed.Contains((name, address)));
    }

    /// <summary>What the pods looked at so far have.</summary>
    private sealed class Claims(NodeLinks links)
    {
        private readonly Dictionary<string, string> _interfaces = new(StringComparer.Ordinal);
        private readonly Dictionary<Address, string> _addresses = [];

        public string? Refusal(Pod pod)
        {
            const string Annotation = ManifestAgent.InterfaceAnnotation;
            if (pod.Annotations[Annotation] is not { } name) return $"it has no annotation {Annotation}, which names its interface on the node";
            if (!LocalPod.IsInterface(name)) return $"its annotation {Annotation} is no name of an interface, which has at most 15 characters";
            if (links.NotOfPods(name) is { } other) return $"its annotation {Annotation} names {name}, which is {other}";
            if (_interfaces.TryGetValue(name, out var owner)) return $"its annotation {Annotation} names {name}, which is the interface of pod {owner}";
            foreach (var address in pod.Addresses)
                if (links.WayTo(address) is { } way && way != name) return $"its annotation {Annotation} names {name}, and its address {address} is reached by {way}";
            foreach (var address in pod.Addresses)
                if (_addresses.TryGetValue(address, out owner)) return $"its address {address} is that of pod {owner}";
            return null;
        }

        public void Take(Pod pod, string name)
        {
            if (!links.IsShared(name)) _interfaces.Add(name, pod.QualifiedName);
            foreach (var address in pod.Addresses) _addresses.TryAdd(address, pod.QualifiedName);
        }
    }
}
