using System.Text.Json.Nodes;

namespace Ringfence.Lab.Seeding;

/// <summary>
/// Makes an object what a manifest says: what the manifest says now is so, what it said last and says no more is gone, and what others wrote stays.
/// </summary>
/// <remarks>https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/#how-apply-calculates-differences-and-merges-changes</remarks>
internal static class ThreeWayMerge
{
    /// <summary>The new state.</summary>
    /// <param name="current">The object as it is; not changed.</param>
    /// <param name="last">What was applied last; null where that is not known.</param>
    /// <param name="wanted">What the manifest says.</param>
    public static JsonObject Merge(JsonObject current, JsonObject? last, JsonObject wanted)
    {
        var merged = new JsonObject();
        foreach (var (key, value) in current)
            if (!wanted.ContainsKey(key) && last?.ContainsKey(key) != true) merged[key] = value?.DeepClone();
        foreach (var (key, value) in wanted)
        {
            var merging = Merge(current[key], last?[key], value);
            // Nothing said is nothing wanted.
            if (value is not null) merged[key] = merging;
        }

        return merged;
    }

    private static JsonNode? Merge(JsonNode? current, JsonNode? last, JsonNode? wanted) => (current, wanted) switch
    {
        (JsonObject old, JsonObject now) => Merge(old, last as JsonObject, now),
        (JsonArray old, JsonArray now) => Merge(old, last as JsonArray, now),
        _ => wanted?.DeepClone(),
    };

    /// <summary>A list is as the manifest has it; entries that were there keep what the server wrote into them.</summary>
    private static JsonArray Merge(JsonArray current, JsonArray? last, JsonArray wanted)
    {
        var merged = new JsonArray();
        for (var i = 0; i < wanted.Count; i++)
            merged.Add(wanted[i] is JsonObject item && Counterpart(current, item, i, wanted.Count) is { } old
                ? Merge(old, last is null ? null : Counterpart(last, item, i, wanted.Count), item)
                : wanted[i]?.DeepClone());
        return merged;
    }

    private static JsonObject? Counterpart(JsonArray list, JsonObject item, int place, int count)
    {
        if (item["name"] is JsonValue name)
            return list.OfType<JsonObject>().FirstOrDefault(other => other["name"] is JsonValue known && JsonNode.DeepEquals(known, name));
        return list.Count == count && place < list.Count ? list[place] as JsonObject : null;
    }
}
