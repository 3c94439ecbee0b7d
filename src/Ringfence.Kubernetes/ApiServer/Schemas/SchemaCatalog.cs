using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>The types of the API that the server knows, read once from the schema text.</summary>
internal static class SchemaCatalog
{
    private static readonly Lazy<ImmutableArray<SchemaType>> s_types = new(Read);

    private static readonly Lazy<FrozenDictionary<(string Group, string Version, string Kind), SchemaType>> s_kinds = new(() =>
        ResourceCatalog.All.Concat(ReviewKinds.All).ToFrozenDictionary(type => (type.Group, type.Version, type.Kind), type => Find(type.Group.Length == 0 ? "core" : type.Group, type.Version, type.Kind)));

    /// <summary>All types, those of kinds and those of their parts.</summary>
    public static ImmutableArray<SchemaType> Types => s_types.Value;

    /// <summary><c>autoscaling/v1</c> <c>Scale</c>, the subresource of workloads.</summary>
    public static SchemaType Scale => Find("autoscaling", "v1", "Scale");

    /// <summary>The <c>metadata</c> of every object.</summary>
    public static SchemaType ObjectMeta => Find("meta", "v1", "ObjectMeta");

    /// <summary>The fields of a kind that is built in.</summary>
    /// <exception cref="ArgumentException">It is neither in <see cref="ResourceCatalog"/> nor in <see cref="ReviewKinds"/>.</exception>
    public static SchemaType Of(ResourceType type) =>
        s_kinds.Value.GetValueOrDefault((type.Group, type.Version, type.Kind)) ?? throw new ArgumentException($"the fields of {type} are not known", nameof(type));

    /// <summary>A type by name.</summary>
    /// <exception cref="ArgumentException">It is not there.</exception>
    public static SchemaType Find(string group, string version, string name) =>
        Types.FirstOrDefault(type => (type.Group, type.Version, type.Name) == (group, version, name))
        ?? throw new ArgumentException($"the fields of {name} in {group}/{version} are not in the schema text", nameof(name));

    private static ImmutableArray<SchemaType> Read()
    {
        var text = new SchemaText();
        var assembly = typeof(SchemaCatalog).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".schema", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            text.Read(reader);
        }

        return text.Types();
    }
}
