using System.Text.Json.Nodes;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Reads and writes fields of objects by path. A field of another type than asked for is as an absent one.</summary>
internal static class JsonFields
{
    /// <summary>The value at a path; null where there is none.</summary>
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (node is not JsonObject parent || !parent.TryGetPropertyValue(name, out node)) return null;
        }

        return node;
    }

    /// <summary>The text at a path.</summary>
    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>The whole number at a path.</summary>
    public static int? Number(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        if (node.At(path) is not JsonValue value) return null;
        if (value.TryGetValue<int>(out var number)) return number;
        return value.TryGetValue<long>(out var large) ? (int)Math.Clamp(large, int.MinValue, int.MaxValue) : null;
    }

    /// <summary>Whether <c>true</c> is at a path.</summary>
    public static bool IsTrue(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    /// <summary>The object at a path.</summary>
    public static JsonObject? Object(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) as JsonObject;

    /// <summary>The objects of the list at a path; none where there is no list.</summary>
    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray array ? array.OfType<JsonObject>() : [];

    /// <summary>The texts of the list at a path; none where there is no list.</summary>
    public static IEnumerable<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray array ? array.Select(item => item.Text()).OfType<string>() : [];

    /// <summary>The time at a path.</summary>
    public static DateTimeOffset? Time(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.Text(path) is { } text && DateTimeOffset.TryParse(text, out var time) ? time : null;

    /// <summary>The labels (or annotations) at a path.</summary>
    public static LabelSet Labels(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonObject { Count: > 0 } labels
            ? LabelSet.Create([.. labels.Select(label => KeyValuePair.Create(label.Key, label.Value.Text() ?? ""))])
            : LabelSet.Empty;

    /// <summary>The object under a name, which is added where it is missing.</summary>
    public static JsonObject Child(this JsonObject parent, string name)
    {
        if (parent[name] is JsonObject child) return child;
        child = [];
        parent[name] = child;
        return child;
    }

    /// <summary>Sets an annotation.</summary>
    public static void Annotate(this JsonObject body, string key, string value) => body.Child("metadata").Child("annotations")[key] = value;

    /// <summary>A copy that stands alone.</summary>
    public static JsonObject Copy(this JsonObject node) => node.DeepClone().AsObject();

    /// <summary>A list of texts.</summary>
    public static JsonArray ToJson(this IEnumerable<string> texts)
    {
        var array = new JsonArray();
        foreach (var text in texts) array.Add((JsonNode?)text);
        return array;
    }

    /// <summary>A list of values.</summary>
    public static JsonArray ToJson(this IEnumerable<JsonNode?> items)
    {
        var array = new JsonArray();
        foreach (var item in items) array.Add(item);
        return array;
    }

    /// <summary>Labels as an object.</summary>
    public static JsonObject ToJson(this LabelSet labels)
    {
        var json = new JsonObject();
        foreach (var (key, value) in labels) json[key] = value;
        return json;
    }

    /// <summary>A time as the API writes it, in whole seconds.</summary>
    public static string ToText(this DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}
