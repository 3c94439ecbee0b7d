using System.Collections.Immutable;
using Ringfence.Model;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Manifests;

/// <summary>Gathers objects, one a kind, namespace and name: of a repeated one the later counts, with a warning.</summary>
internal sealed class ObjectCollector
{
    // The nodes of objects are kept, to say what differs in a repeated one, as long as they are not too many.
    private const long MostNodes = 500_000;

    private readonly Dictionary<(string Kind, string Namespace, string Name), int> _places = [];
    private readonly List<KubernetesObject> _objects = [];
    private readonly Dictionary<int, MappingNode> _nodes = [];
    private readonly List<ReplacedObject> _replaced = [];
    private long _nodeCount;

    public int Count => _objects.Count;

    public void Add(KubernetesObject item, MappingNode? node, ICollection<Diagnostic> diagnostics)
    {
        // Each object with a generated name is another one.
        var place = _objects.Count;
        if (!item.Name.EndsWith('*') && !_places.TryAdd((Scope(item), item.Namespace, item.Name), place))
        {
            place = _places[(Scope(item), item.Namespace, item.Name)];
            var replaced = new ReplacedObject(_objects[place], item, Differences(_nodes.GetValueOrDefault(place), node));
            _replaced.Add(replaced);
            diagnostics.Add(Repeated(replaced));
            _objects[place] = item;
        }
        else _objects.Add(item);

        _nodes.Remove(place);
        if (node is null || (_nodeCount += node.Weight) > MostNodes) return;
        _nodes.Add(place, node);
    }

    public ClusterObjects ToObjects()
    {
        // Kind by kind would be nine walks over what may be a hundred thousand pods.
        var pods = ImmutableArray.CreateBuilder<Pod>();
        var policies = ImmutableArray.CreateBuilder<NetworkPolicy>();
        var others = new List<KubernetesObject>();
        foreach (var item in _objects)
        {
            if (item is Pod pod) pods.Add(pod);
            else if (item is NetworkPolicy policy) policies.Add(policy);
            else others.Add(item);
        }

        return new ClusterObjects
        {
            Namespaces = Of<Namespace>(),
            Nodes = Of<Model.Node>(),
            Pods = pods.DrainToImmutable(),
            Workloads = Of<Workload>(),
            Services = Of<Service>(),
            EndpointSlices = Of<EndpointSlice>(),
            Ingresses = Of<Ingress>(),
            NetworkPolicies = policies.DrainToImmutable(),
            Unevaluated = Of<UnevaluatedPolicy>(),
            Replaced = [.. _replaced],
        };

        ImmutableArray<T> Of<T>() => [.. others.OfType<T>()];
    }

    private static string Scope(KubernetesObject item) => item is UnevaluatedPolicy policy ? $"{policy.ApiVersion} {policy.ObjectKind}" : item.Kind;

    private static ImmutableArray<string>? Differences(MappingNode? first, MappingNode? second) =>
        first is null || second is null ? null : [.. NodeDifferences.Between(first, second)];

    private static Diagnostic Repeated(ReplacedObject replaced)
    {
        var (first, second) = (replaced.Earlier.Location, replaced.Later);
        var name = second.Describe();
        return replaced.Differences switch
        {
            null => Tell(Severity.Warning, $"{name} is also at {first}; this one, the later, is used"),
            { IsEmpty: true } => Tell(Severity.Note, $"{name} is also at {first}, with the same content"),
            { } differences => Tell(Severity.Warning, $"{name} is also at {first}; this one, the later, is used. Different (there, here): {string.Join("; ", differences)}"),
        };

        Diagnostic Tell(Severity severity, string message) => new(severity, "duplicate-object", message, second.Location, name);
    }
}
