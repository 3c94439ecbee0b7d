using System.Collections.Immutable;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Selectors;

namespace Ringfence.Kubernetes.ApiServer.Storage;

/// <summary>The pods by the node that they are on: what follows one node is not to look at the pods of all. Immutable.</summary>
internal sealed class PodsByNode
{
    private static readonly byte[][] s_nodeName = ObjectFields.Path("spec.nodeName");
    private static readonly ImmutableSortedSet<StoredObject> s_none = ImmutableSortedSet.Create<StoredObject>(ByName.Order);

    private readonly ImmutableDictionary<string, ImmutableSortedSet<StoredObject>> _nodes;

    private PodsByNode(ImmutableDictionary<string, ImmutableSortedSet<StoredObject>> nodes) => _nodes = nodes;

    /// <summary>No pods.</summary>
    public static PodsByNode Empty { get; } = new(ImmutableDictionary<string, ImmutableSortedSet<StoredObject>>.Empty);

    /// <summary>Whether it is about a kind.</summary>
    public static bool IsOf(ResourceType type) => type.IsCore("Pod");

    /// <summary>Some pods.</summary>
    public static PodsByNode Of(IEnumerable<StoredObject> pods) =>
        new(pods.GroupBy(NodeOf).ToImmutableDictionary(node => node.Key, node => node.ToImmutableSortedSet(ByName.Order)));

    /// <summary>The pods of a node, by namespace and name; those without a node where its name is empty.</summary>
    public ImmutableSortedSet<StoredObject> On(string node) => _nodes.GetValueOrDefault(node, s_none);

    /// <summary>The pods after a change of one.</summary>
    public PodsByNode With(StoredChange change)
    {
        var nodes = _nodes;
        if (change.Before is { } before)
        {
            var node = NodeOf(before);
            var left = On(node).Remove(before);
            nodes = left.IsEmpty ? nodes.Remove(node) : nodes.SetItem(node, left);
        }

        if (change.Kind == ChangeKind.Deleted) return new PodsByNode(nodes);
        var now = NodeOf(change.Object);
        return new PodsByNode(nodes.SetItem(now, nodes.GetValueOrDefault(now, s_none).Add(change.Object)));
    }

    private static string NodeOf(StoredObject pod) => ObjectFields.Text(pod.Json.Span, s_nodeName) ?? "";
}
