using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Patches;

/// <summary>
/// Kubernetes' own patches (<c>application/strategic-merge-patch+json</c>): as merge patches, but lists are merged by the keys of their
/// entries where their kind says so, and directives (<c>$patch</c>, <c>$retainKeys</c>, <c>$setElementOrder/…</c>,
/// <c>$deleteFromPrimitiveList/…</c>) say what a plain value cannot.
/// </summary>
/// <remarks>https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/</remarks>
public static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string OrderPrefix = "$setElementOrder/";
    private const string DeletePrefix = "$deleteFromPrimitiveList/";

    /// <summary>A patched copy.</summary>
    /// <param name="type">The object's kind, which knows the keys of its lists.</param>
    /// <param name="value">The object; it is left as it is.</param>
    /// <param name="patch">The patch as UTF-8 JSON.</param>
    /// <exception cref="ApiException">400: the patch is no patch; 413: it is too large.</exception>
    public static JsonObject Apply(ResourceType type, JsonObject value, ReadOnlyMemory<byte> patch)
    {
        ArgumentNullException.ThrowIfNull(value);
        var changes = PatchText.Parse(patch) as JsonObject ?? throw PatchText.Malformed("a strategic merge patch is a JSON object");
        return Merge(value.DeepClone().AsObject(), changes, SchemaCatalog.Of(type));
    }

    /// <summary>Merges a patch into an object, which it may change; what comes of it may be another one.</summary>
    private static JsonObject Merge(JsonObject value, JsonObject patch, SchemaType? type)
    {
        switch (DirectiveOf(patch))
        {
            case null or "merge":
                break;
            case "replace":
                var replacement = patch.DeepClone().AsObject();
                replacement.Remove(Directive);
                return replacement;
            case "delete":
                return [];
            case var unknown:
                throw PatchText.Malformed($"unknown patch type: {unknown}");
        }

        if (patch[RetainKeys] is { } keys) Retain(value, patch, Texts(keys, RetainKeys));
        foreach (var (key, change) in patch)
            if (key.StartsWith(DeletePrefix, StringComparison.Ordinal))
                DeleteFrom(value, key[DeletePrefix.Length..], change);

        foreach (var (key, change) in patch)
        {
            if (key is Directive or RetainKeys
                || key.StartsWith(DeletePrefix, StringComparison.Ordinal) || key.StartsWith(OrderPrefix, StringComparison.Ordinal)) continue;
            var field = type?.Find(key);
            var order = patch[OrderPrefix + key] as JsonArray;
            if (change is null) value.Remove(key);
            else value[key] = MergeField(value[key], change, field, order);
        }

        // An order may come without changes of the list itself.
        foreach (var (key, order) in patch)
            if (key.StartsWith(OrderPrefix, StringComparison.Ordinal) && key[OrderPrefix.Length..] is var name && !patch.ContainsKey(name)
                && value[name] is JsonArray list && type?.Find(name) is { } field)
                value[name] = MergeList.Ordered(list, list, order as JsonArray ?? throw PatchText.Malformed($"{key} is not a list"), field);
        return value;
    }

    private static JsonNode MergeField(JsonNode? old, JsonNode change, SchemaField? field, JsonArray? order)
    {
        switch (change)
        {
            case JsonObject inner:
                return Detached(Merge(old as JsonObject ?? [], inner, field is { Shape: FieldShape.Single } ? field.Type : null));
            case JsonArray list when field is { Shape: FieldShape.List } && (field.Keys.Length > 0 || field.IsSet):
                var merge = new MergeList(field, (value, patch) => Merge(value, patch, field.Type));
                return merge.Apply(old as JsonArray ?? [], list, order);
            default:
                return change.DeepClone();
        }
    }

    private static void Retain(JsonObject value, JsonObject patch, string[] keys)
    {
        foreach (var (key, change) in patch)
            if (change is not null && !key.StartsWith('$') && !keys.Contains(key, StringComparer.Ordinal))
                throw PatchText.Malformed($"invalid patch format of retainKeys: \"{key}\" is not among the keys that stay");
        foreach (var key in value.Select(pair => pair.Key).Except(keys, StringComparer.Ordinal).ToArray()) value.Remove(key);
    }

    private static void DeleteFrom(JsonObject value, string name, JsonNode? unwanted)
    {
        var values = unwanted as JsonArray ?? throw PatchText.Malformed($"{DeletePrefix}{name} is not a list");
        if (value[name] is not JsonArray list) return;
        for (var i = list.Count - 1; i >= 0; i--)
            if (values.Any(entry => JsonValues.AreEqual(entry, list[i]))) list.RemoveAt(i);
    }

    /// <summary>What <c>$patch</c> says; null where it is absent.</summary>
    internal static string? DirectiveOf(JsonObject patch) =>
        patch.TryGetPropertyValue(Directive, out var directive)
            ? JsonValues.AsText(directive) ?? throw PatchText.Malformed($"{Directive} is not a string") : null;

    /// <summary>The value, free to be put into another one.</summary>
    internal static T Detached<T>(T value)
        where T : JsonNode =>
        value.Parent is null ? value : (T)value.DeepClone();

    private static string[] Texts(JsonNode list, string name) =>
        list is JsonArray texts
            ? [.. texts.Select(text => JsonValues.AsText(text) ?? throw PatchText.Malformed($"{name} has an entry that is no string"))]
            : throw PatchText.Malformed($"{name} is not a list");
}
