using System.Collections.Immutable;
using Ringfence.Kubernetes.ApiServer.CustomResources;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Storage;

/// <summary>All objects as of one version. Immutable: who reads it sees one moment, however long it takes.</summary>
/// <param name="Version">The version of the latest change.</param>
/// <param name="Objects">The objects of each kind, by namespace and name; a kind without objects may be missing.</param>
internal sealed record StoreState(long Version, ImmutableDictionary<ResourceType, ImmutableSortedSet<StoredObject>> Objects)
{
    private static readonly ImmutableSortedSet<StoredObject> None = ImmutableSortedSet.Create<StoredObject>(ByName.Order);

    /// <summary>Nothing yet. Version 0 means "any" in requests, so that the first state has a version of its own.</summary>
    public static StoreState Empty { get; } = new(1, ImmutableDictionary<ResourceType, ImmutableSortedSet<StoredObject>>.Empty);

    /// <summary>The kinds that are served: with every change of a definition they are others.</summary>
    public ServedKinds Kinds { get; private init; } = ServedKinds.BuiltIn;

    /// <summary>The pods by their nodes; null where it is not known, of earlier versions.</summary>
    public PodsByNode? Nodes { get; private init; } = PodsByNode.Empty;

    /// <summary>Some objects as of a version.</summary>
    /// <param name="version">The version.</param>
    /// <param name="objects">The objects.</param>
    /// <param name="kinds">The kinds that are served.</param>
    public static StoreState Of(long version, IReadOnlyCollection<StoredObject> objects, ServedKinds kinds) =>
        new(version, objects.GroupBy(each => each.Type).ToImmutableDictionary(kind => kind.Key, kind => kind.ToImmutableSortedSet(ByName.Order)))
        {
            Kinds = kinds,
            Nodes = PodsByNode.Of(objects.Where(each => PodsByNode.IsOf(each.Type))),
        };

    /// <summary>The objects of a kind, by namespace and name.</summary>
    public ImmutableSortedSet<StoredObject> Of(ResourceType type) => Objects.GetValueOrDefault(type, None);

    /// <summary>Finds an object; null where there is none.</summary>
    public StoredObject? Find(ResourceType type, string @namespace, string name) =>
        Of(type).TryGetValue(Probe(type, @namespace, name), out var found) ? found : null;

    /// <summary>The objects of a kind in one namespace, or in all where it is null; from behind a place on, where one is given.</summary>
    public IEnumerable<StoredObject> In(ResourceType type, string? @namespace, (string Namespace, string Name)? behind = null)
    {
        var all = Of(type);
        if (@namespace is null && behind is null)
        {
            foreach (var each in all) yield return each;
            yield break;
        }

        var (startNamespace, startName) = behind ?? (@namespace!, "");
        var at = all.IndexOf(Probe(type, startNamespace, startName));
        // A place that is taken is behind us; a free one is where its successor stands.
        for (at = at >= 0 ? at + 1 : ~at; at < all.Count; at++)
        {
            var each = all[at];
            if (@namespace is not null && each.Namespace != @namespace) yield break;
            yield return each;
        }
    }

    /// <summary>Whether anything is in a namespace.</summary>
    public bool HasAnyIn(string @namespace) => Objects.Keys.Any(type => type.IsNamespaced && In(type, @namespace).Any());

    /// <summary>The state after a change.</summary>
    public StoreState With(StoredChange change)
    {
        var type = change.Object.Type;
        var objects = Of(type);
        if (change.Before is { } before) objects = objects.Remove(before);
        if (change.Kind != ChangeKind.Deleted) objects = objects.Add(change.Object);
        return this with
        {
            Version = change.Object.Version,
            Objects = objects.IsEmpty ? Objects.Remove(type) : Objects.SetItem(type, objects),
            Kinds = type == Definition.Kind ? Kinds.With(change) : Kinds,
            Nodes = PodsByNode.IsOf(type) ? Nodes?.With(change) : Nodes,
        };
    }

    /// <summary>The state with the objects of one kind as they were at an earlier version.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="version">The version.</param>
    /// <param name="latestFirst">All changes of the kind since then.</param>
    public StoreState AsOf(ResourceType type, long version, IEnumerable<StoredChange> latestFirst)
    {
        var objects = Of(type).ToBuilder();
        foreach (var change in latestFirst)
        {
            if (change.Kind != ChangeKind.Deleted) objects.Remove(change.Object);
            if (change.Before is { } before) objects.Add(before);
        }

        return this with { Version = version, Objects = Objects.SetItem(type, objects.ToImmutable()), Nodes = PodsByNode.IsOf(type) ? null : Nodes };
    }

    private static StoredObject Probe(ResourceType type, string @namespace, string name) => new(type, @namespace, name, 0, default);
}
