using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.CustomResources;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>The kinds' fields as OpenAPI, which kubectl reads to explain, to check manifests and to merge lists. Each made once, when first asked for.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition</remarks>
public sealed class OpenApiDocuments
{
    private readonly ServedKinds _kinds;
    private readonly FrozenDictionary<(string Group, string Version), Lazy<ReadOnlyMemory<byte>>> _v3;
    private readonly Lazy<ReadOnlyMemory<byte>> _index;
    private readonly Lazy<ReadOnlyMemory<byte>> _v2;
    private readonly Lazy<ReadOnlyMemory<byte>> _protobuf;

    internal OpenApiDocuments(ServedKinds kinds)
    {
        _kinds = kinds;
        _v3 = kinds.All.Concat(ReviewKinds.All).GroupBy(type => (type.Group, type.Version)).ToFrozenDictionary(types => types.Key, types => V3Of([.. types]));
        _index = new(() => Bytes(MakeIndex()));
        _v2 = new(() => Bytes(MakeV2()));
        _protobuf = new(() => new GnosticDocument(MakeV2()).ToBytes());
    }

    /// <summary><c>/openapi/v3</c>: where the documents are, each with the hash of its content, by which clients cache it.</summary>
    public ReadOnlyMemory<byte> V3Index => _index.Value;

    /// <summary><c>/openapi/v2</c> as JSON.</summary>
    public ReadOnlyMemory<byte> V2Json => _v2.Value;

    /// <summary>What the header <c>Content-Type</c> says of <see cref="V2Protobuf"/>: clients ask with an <c>@</c>, which may not stand there.</summary>
    public const string V2ProtobufContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    /// <summary><c>/openapi/v2</c> for those who accept <c>application/com.github.proto-openapi.spec.v2@v1.0+protobuf</c>.</summary>
    public ReadOnlyMemory<byte> V2Protobuf => _protobuf.Value;

    /// <summary><c>/openapi/v3/api/v1</c> or <c>/openapi/v3/apis/GROUP/VERSION</c>, as JSON; null where it is not served.</summary>
    /// <param name="group">The API group; empty for the core group.</param>
    /// <param name="version">The version.</param>
    public ReadOnlyMemory<byte>? V3(string group, string version) =>
        _v3.TryGetValue((group, version), out var document) ? document.Value : null;

    // What is built in stays the same, however often definitions change.
    private Lazy<ReadOnlyMemory<byte>> V3Of(ResourceType[] types) =>
        types[0].Custom is null && ServedKinds.BuiltIn is { } builtIn && _kinds != builtIn && builtIn.OpenApi._v3.TryGetValue((types[0].Group, types[0].Version), out var known)
            ? known : new(() => Bytes(MakeV3(types)));

    private JsonObject MakeIndex()
    {
        var paths = new JsonObject();
        foreach (var ((group, version), document) in _v3.OrderBy(pair => pair.Key.Group, StringComparer.Ordinal).ThenBy(pair => pair.Key.Version, VersionOrder.Best))
        {
            var path = group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={Convert.ToHexString(SHA256.HashData(document.Value.Span))}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    private static JsonObject MakeV3(ResourceType[] types) => new()
    {
        ["openapi"] = "3.0.0",
        ["info"] = Info(),
        ["paths"] = new OpenApiPaths(isV3: true).Of(types),
        ["components"] = new JsonObject { ["schemas"] = Schemas(types, isV3: true) },
    };

    private JsonObject MakeV2() => new()
    {
        ["swagger"] = "2.0",
        ["info"] = Info(),
        ["paths"] = new OpenApiPaths(isV3: false).Of(_kinds.All.Concat(ReviewKinds.All)),
        ["definitions"] = Schemas([.. _kinds.All, .. ReviewKinds.All], isV3: false),
    };

    private static JsonObject Schemas(IReadOnlyCollection<ResourceType> types, bool isV3)
    {
        // Custom kinds need what every object has, too.
        var schemas = new OpenApiSchemas(isV3).Of([.. types.Where(type => type.Custom is null).Select(SchemaCatalog.Of), SchemaCatalog.ObjectMeta]);
        foreach (var type in types.Where(type => type.Custom is not null)) new CustomOpenApi(isV3).Add(schemas, type);
        return schemas;
    }

    private static JsonObject Info() => new() { ["title"] = "Kubernetes", ["version"] = "v1.32.0" };

    private static ReadOnlyMemory<byte> Bytes(JsonObject document) => System.Text.Encoding.UTF8.GetBytes(document.ToJsonString());
}
