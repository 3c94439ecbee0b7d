using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Tables;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>What a definition says of one version of its kind, read for use.</summary>
internal sealed class CustomVersion
{
    private CustomVersion(JsonObject version)
    {
        SchemaJson = version["schema"]?["openAPIV3Schema"] as JsonObject ?? [];
        Schema = CustomSchema.Read(SchemaJson);
        Columns = CustomColumns.Read(version);
        var scale = version["subresources"]?["scale"] as JsonObject;
        Scale = scale is null ? null : new CustomScale(Fields(scale.Text("specReplicasPath")), Fields(scale.Text("statusReplicasPath")), Fields(scale.Text("labelSelectorPath")));
        SelectableFields = [.. (version["selectableFields"] as JsonArray ?? []).OfType<JsonObject>().Select(field => field.Text("jsonPath").TrimStart('.'))];
        IsDeprecated = version["deprecated"] is JsonValue flag && flag.TryGetValue(out bool isDeprecated) && isDeprecated;
        DeprecationWarning = version.Text("deprecationWarning");
    }

    /// <summary>The <c>apiVersion</c> in which objects are kept.</summary>
    public required string StorageApiVersion { get; init; }

    /// <summary>Whether its definition is being deleted, so that nothing new is taken.</summary>
    public required bool IsTerminating { get; init; }

    /// <summary>The schema, for reading and judging objects.</summary>
    public CustomSchema Schema { get; }

    /// <summary>The schema as the definition has it.</summary>
    public JsonObject SchemaJson { get; }

    /// <summary>The columns of its tables.</summary>
    public ImmutableArray<TableColumn> Columns { get; }

    /// <summary>Where the subresource <c>scale</c> finds its numbers; null where there is none.</summary>
    public CustomScale? Scale { get; }

    /// <summary>The fields that objects can be selected by, besides name and namespace.</summary>
    public ImmutableArray<string> SelectableFields { get; }

    /// <summary>Whether clients are to use another version.</summary>
    public bool IsDeprecated { get; }

    /// <summary>What they are told then; empty for the usual words.</summary>
    public string DeprecationWarning { get; }

    /// <summary>Reads a version of a definition.</summary>
    /// <param name="version">An entry of <c>spec.versions</c>.</param>
    /// <param name="storageApiVersion">The <c>apiVersion</c> in which objects are kept.</param>
    /// <param name="isTerminating">Whether the definition is being deleted.</param>
    public static CustomVersion Read(JsonObject version, string storageApiVersion, bool isTerminating) =>
        new(version) { StorageApiVersion = storageApiVersion, IsTerminating = isTerminating };

    private static ImmutableArray<string> Fields(string path) => SimpleJsonPath.Parse(path)?.Fields ?? [];
}

/// <summary>The fields that the subresource <c>scale</c> of a custom resource stands for.</summary>
/// <param name="Wanted">The names that lead to how many replicas there are to be.</param>
/// <param name="Counted">The names that lead to how many there are.</param>
/// <param name="Selector">The names that lead to the selector of their pods, as a text; empty where there is none.</param>
internal sealed record CustomScale(ImmutableArray<string> Wanted, ImmutableArray<string> Counted, ImmutableArray<string> Selector);
