using System.Collections.Frozen;
using System.Collections.Immutable;
using Ringfence.Kubernetes.ApiServer.CustomResources;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>
/// The kinds that a server serves at one moment: those of <see cref="ResourceCatalog"/> and those of its custom resource definitions. Immutable; a
/// change of a definition makes another one.
/// </summary>
public sealed class ServedKinds
{
    private readonly ImmutableSortedDictionary<string, Definition> _definitions;
    private readonly FrozenDictionary<(string Group, string Version, string Plural), ResourceType> _byPath;
    private readonly FrozenDictionary<(string ApiVersion, string Kind), ResourceType> _byKind;
    private readonly Lazy<DiscoveryDocuments> _discovery;
    private readonly Lazy<OpenApiDocuments> _openApi;

    private ServedKinds(ImmutableSortedDictionary<string, Definition> definitions)
    {
        _definitions = definitions;
        All = [.. ResourceCatalog.All, .. definitions.Values.SelectMany(definition => definition.Types)];
        _byPath = All.ToFrozenDictionary(type => (type.Group, type.Version, type.Plural));
        _byKind = All.DistinctBy(type => (type.ApiVersion, type.Kind)).ToFrozenDictionary(type => (type.ApiVersion, type.Kind));
        _discovery = new(() => new DiscoveryDocuments(this));
        _openApi = new(() => new OpenApiDocuments(this));
    }

    /// <summary>The kinds that are built in.</summary>
    public static ServedKinds BuiltIn { get; } = new(ImmutableSortedDictionary<string, Definition>.Empty.WithComparers(StringComparer.Ordinal));

    /// <summary>Every version of every kind: those built in as <see cref="ResourceCatalog"/> has them, then the custom ones.</summary>
    public ImmutableArray<ResourceType> All { get; }

    /// <summary>What the server tells about them.</summary>
    public DiscoveryDocuments Discovery => _discovery.Value;

    /// <summary>Their fields as OpenAPI.</summary>
    public OpenApiDocuments OpenApi => _openApi.Value;

    /// <summary>The definitions, by name.</summary>
    internal IEnumerable<Definition> Definitions => _definitions.Values;

    /// <summary>The kind of a path; null where it is not served.</summary>
    /// <param name="group">The API group; empty for the core group.</param>
    /// <param name="version">The version.</param>
    /// <param name="plural">The name in paths.</param>
    public ResourceType? Find(string group, string version, string plural) => _byPath.GetValueOrDefault((group, version, plural));

    /// <summary>The kind of an object; null where it is not served.</summary>
    /// <param name="apiVersion">Its <c>apiVersion</c>.</param>
    /// <param name="kind">Its <c>kind</c>.</param>
    public ResourceType? OfKind(string apiVersion, string kind) => _byKind.GetValueOrDefault((apiVersion, kind));

    /// <summary>Each kind once, also custom ones that are not served at the moment: all that objects may be of.</summary>
    internal IEnumerable<ResourceType> Kept => [.. ResourceCatalog.All.Where(type => type.KeptAs is null), .. _definitions.Values.Select(definition => definition.Stored)];

    /// <summary>The kind of a definition, in the version in which its objects are kept, whether it is served or not; null where it is not defined.</summary>
    /// <param name="definition">The definition's name.</param>
    internal ResourceType? OfDefinition(string definition) => _definitions.GetValueOrDefault(definition)?.Stored;

    /// <summary>The same kind as it is now; null where it is custom and not defined any more.</summary>
    internal ResourceType? Now(ResourceType type) => type.Custom is null ? type : Find(type.Group, type.Version, type.Plural) ?? OfDefinition(type.ToString());

    /// <summary>The kinds after a change of a definition.</summary>
    internal ServedKinds With(StoredChange change) =>
        change.Kind == ChangeKind.Deleted || Definition.Read(change.Object.Parse()) is not { } definition
            ? new ServedKinds(_definitions.Remove(change.Object.Name)) : new ServedKinds(_definitions.SetItem(change.Object.Name, definition));

    /// <summary>The kinds of some definitions.</summary>
    internal static ServedKinds Of(IEnumerable<StoredObject> definitions) => new(BuiltIn._definitions.AddRange(
        definitions.Select(stored => KeyValuePair.Create(stored.Name, Definition.Read(stored.Parse()))).Where(pair => pair.Value is not null)!));
}
