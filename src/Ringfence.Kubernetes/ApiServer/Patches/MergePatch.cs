using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Patches;

/// <summary>RFC 7386 patches (<c>application/merge-patch+json</c>): what is there replaces, null removes, objects are gone into.</summary>
public static class MergePatch
{
    /// <summary>A patched copy.</summary>
    /// <param name="value">The object; it is left as it is.</param>
    /// <param name="patch">The patch as UTF-8 JSON.</param>
    /// <exception cref="ApiException">400: the patch is no JSON object; 413: it is too large.</exception>
    public static JsonObject Apply(JsonObject value, ReadOnlyMemory<byte> patch)
    {
        ArgumentNullException.ThrowIfNull(value);
        var changes = PatchText.Parse(patch) as JsonObject ?? throw PatchText.Malformed("a merge patch is a JSON object");
        var result = value.DeepClone().AsObject();
        Merge(result, changes);
        return result;
    }

    private static void Merge(JsonObject value, JsonObject patch)
    {
        foreach (var (key, change) in patch)
            switch (change)
            {
                case null:
                    value.Remove(key);
                    break;
                case JsonObject inner:
                    if (value[key] is not JsonObject target) value[key] = target = [];
                    Merge(target, inner);
                    break;
                default:
                    value[key] = change.DeepClone();
                    break;
            }
    }
}
