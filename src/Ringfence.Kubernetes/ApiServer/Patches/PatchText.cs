using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Patches;

/// <summary>Patches as they come in.</summary>
internal static class PatchText
{
    private const int MaxDepth = 64;

    /// <summary>Reads a patch; null is JSON's null.</summary>
    /// <exception cref="ApiException">400: it is no JSON.</exception>
    public static JsonNode? Parse(ReadOnlyMemory<byte> patch)
    {
        try
        {
            return JsonNode.Parse(patch.Span, documentOptions: new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            throw Malformed(exception.Message);
        }
    }

    public static ApiException Malformed(string what) => new(400, "BadRequest", $"error decoding patch: {what}");
}
