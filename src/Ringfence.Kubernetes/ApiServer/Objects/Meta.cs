using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Objects;

/// <summary>Reading and writing of <c>metadata</c> in an object's JSON. What is of another type than it should be counts as missing.</summary>
internal static class Meta
{
    /// <summary>The object's <c>metadata</c>, which is added where it is missing.</summary>
    public static JsonObject Of(JsonObject value)
    {
        if (value["metadata"] is JsonObject metadata) return metadata;
        metadata = [];
        value["metadata"] = metadata;
        return metadata;
    }

    /// <summary>A text; empty where there is none.</summary>
    public static string Text(this JsonObject? value, string field) => value?[field] is JsonValue text && text.TryGetValue<string>(out var found) ? found : "";

    /// <summary>A whole number; null where there is none.</summary>
    public static long? Number(this JsonObject? value, string field) =>
        value?[field] is JsonValue number && (number.TryGetValue<long>(out var found) || (number.TryGetValue<int>(out var small) && (found = small) == small)) ? found : null;

    /// <summary>A list of texts; empty where there is none.</summary>
    public static List<string> Texts(this JsonObject? value, string field) =>
        value?[field] is JsonArray list ? [.. list.OfType<JsonValue>().Select(each => each.TryGetValue<string>(out var text) ? text : "").Where(text => text.Length > 0)] : [];

    /// <summary>Sets a list of texts, or takes it away where it is empty.</summary>
    public static void SetTexts(this JsonObject value, string field, IReadOnlyCollection<string> texts)
    {
        if (texts.Count == 0) value.Remove(field);
        else value[field] = new JsonArray([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);
    }

    /// <summary>Gives a field the value that it has in another object, or takes it away.</summary>
    public static void Keep(this JsonObject value, JsonObject? old, string field)
    {
        if (old?[field] is { } kept)
        {
            if (!JsonNode.DeepEquals(kept, value[field])) value[field] = kept.DeepClone();
        }
        else
        {
            value.Remove(field);
        }
    }

    /// <summary>A time as the API writes it: UTC, whole seconds.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Whether the object is marked to be deleted.</summary>
    public static bool IsDeleting(JsonObject value) => Of(value).Text("deletionTimestamp").Length > 0;
}
