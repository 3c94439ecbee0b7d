using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>The kinds' fields as OpenAPI, which kubectl reads to explain, to check manifests and to merge lists. Made once, when first asked for.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition</remarks>
public static class OpenApiDocuments
{
    private static readonly Lazy<FrozenDictionary<(string Group, string Version), ReadOnlyMemory<byte>>> s_v3 = new(() =>
        ResourceCatalog.All.GroupBy(type => (type.Group, type.Version)).ToFrozenDictionary(types => types.Key, types => Bytes(MakeV3([.. types]))));

    private static readonly Lazy<ReadOnlyMemory<byte>> s_index = new(() => Bytes(MakeIndex()));
    private static readonly Lazy<ReadOnlyMemory<byte>> s_v2 = new(() => Bytes(MakeV2()));
    private static readonly Lazy<ReadOnlyMemory<byte>> s_protobuf = new(() => new GnosticDocument(MakeV2()).ToBytes());

    /// <summary><c>/openapi/v3</c>: where the documents are, each with the hash of its content, by which clients cache it.</summary>
    public static ReadOnlyMemory<byte> V3Index => s_index.Value;

    /// <summary><c>/openapi/v2</c> as JSON.</summary>
    public static ReadOnlyMemory<byte> V2Json => s_v2.Value;

    /// <summary>What the header <c>Content-Type</c> says of <see cref="V2Protobuf"/>: clients ask with an <c>@</c>, which may not stand there.</summary>
    public const string V2ProtobufContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    /// <summary><c>/openapi/v2</c> for those who accept <c>application/com.github.proto-openapi.spec.v2@v1.0+protobuf</c>.</summary>
    public static ReadOnlyMemory<byte> V2Protobuf => s_protobuf.Value;

    /// <summary><c>/openapi/v3/api/v1</c> or <c>/openapi/v3/apis/GROUP/VERSION</c>, as JSON; null where it is not served.</summary>
    /// <param name="group">The API group; empty for the core group.</param>
    /// <param name="version">The version.</param>
    public static ReadOnlyMemory<byte>? V3(string group, string version) =>
        s_v3.Value.TryGetValue((group, version), out var document) ? document : null;

    private static JsonObject MakeIndex()
    {
        var paths = new JsonObject();
        foreach (var ((group, version), document) in s_v3.Value.OrderBy(pair => pair.Key.Group, StringComparer.Ordinal))
        {
            var path = group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={Convert.ToHexString(SHA256.HashData(document.Span))}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    private static JsonObject MakeV3(ResourceType[] types) => new()
    {
        ["openapi"] = "3.0.0",
        ["info"] = Info(),
        ["paths"] = new OpenApiPaths(isV3: true).Of(types),
        ["components"] = new JsonObject { ["schemas"] = new OpenApiSchemas(isV3: true).Of(types.Select(SchemaCatalog.Of)) },
    };

    private static JsonObject MakeV2() => new()
    {
        ["swagger"] = "2.0",
        ["info"] = Info(),
        ["paths"] = new OpenApiPaths(isV3: false).Of(ResourceCatalog.All),
        ["definitions"] = new OpenApiSchemas(isV3: false).Of(ResourceCatalog.All.Select(SchemaCatalog.Of)),
    };

    private static JsonObject Info() => new() { ["title"] = "Kubernetes", ["version"] = "v1.32.0" };

    private static ReadOnlyMemory<byte> Bytes(JsonObject document) => System.Text.Encoding.UTF8.GetBytes(document.ToJsonString());
}
