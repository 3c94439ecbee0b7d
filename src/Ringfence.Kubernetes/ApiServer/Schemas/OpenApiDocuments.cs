using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>The kinds' fields as OpenAPI, which kubectl reads to explain, to check manifests and to merge lists.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition</remarks>
public static class OpenApiDocuments
{
    /// <summary><c>/openapi/v3</c>: where the documents are.</summary>
    public static ReadOnlyMemory<byte> V3Index { get; } = "{\"paths\":{}}"u8.ToArray();

    /// <summary><c>/openapi/v3/api/v1</c> or <c>/openapi/v3/apis/GROUP/VERSION</c>, as JSON; null where it is not served.</summary>
    /// <param name="group">The API group; empty for the core group.</param>
    /// <param name="version">The version.</param>
    public static ReadOnlyMemory<byte>? V3(string group, string version) => null;

    /// <summary><c>/openapi/v2</c> as JSON.</summary>
    public static ReadOnlyMemory<byte> V2Json { get; } = "{\"swagger\":\"2.0\",\"paths\":{},\"definitions\":{}}"u8.ToArray();

    /// <summary><c>/openapi/v2</c> as <c>application/com.github.proto-openapi.spec.v2@v1.0+protobuf</c>.</summary>
    public static ReadOnlyMemory<byte> V2Protobuf { get; } = Array.Empty<byte>();
}
