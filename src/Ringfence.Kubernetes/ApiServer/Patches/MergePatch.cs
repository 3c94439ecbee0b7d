using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Patches;

/// <summary>RFC 7386 patches (<c>application/merge-patch+json</c>).</summary>
public static class MergePatch
{
    /// <summary>A patched copy.</summary>
    /// <param name="value">The object; it is left as it is.</param>
    /// <param name="patch">The patch as UTF-8 JSON.</param>
    /// <exception cref="ApiException">400: the patch is no object.</exception>
    public static JsonObject Apply(JsonObject value, ReadOnlyMemory<byte> patch)
    {
        var changes = PatchText.Parse(patch) as JsonObject ?? throw PatchText.Malformed("a merge patch is a JSON object");
        return Merge(value, changes);
    }

    private static JsonObject Merge(JsonObject? value, JsonObject patch)
    {
        var result = value is null ? [] : value.DeepClone().AsObject();
        foreach (var (key, change) in patch)
            if (change is null) result.Remove(key);
            else result[key] = change is JsonObject inner ? Merge(result[key] as JsonObject, inner) : change.DeepClone();
        return result;
    }
}
