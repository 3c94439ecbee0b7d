using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Patches;

/// <summary>RFC 6902 patches (<c>application/json-patch+json</c>).</summary>
public static class JsonPatch
{
    /// <summary>A patched copy.</summary>
    /// <param name="value">The object; it is left as it is.</param>
    /// <param name="patch">The patch as UTF-8 JSON.</param>
    /// <exception cref="ApiException">400: the patch is no patch; 422: it does not fit the object.</exception>
    public static JsonObject Apply(JsonObject value, ReadOnlyMemory<byte> patch) =>
        throw new ApiException(415, "UnsupportedMediaType", "JSON patches are not supported here yet");
}
