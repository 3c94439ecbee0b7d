using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer;

/// <summary>JSON values, read at once and compared by what they mean.</summary>
internal static class JsonValues
{
    /// <summary>How deep objects and lists may be nested: less than what System.Text.Json reads as it comes (64).</summary>
    public const int MaxDepth = 60;

    /// <summary>
    /// Reads the value that the reader is at. Unlike with <see cref="JsonNode.Parse(ref Utf8JsonReader, JsonNodeOptions?)"/>, nothing is left to fail later.
    /// </summary>
    /// <exception cref="JsonException">It is no JSON, has a key twice, or has a string that is no text.</exception>
    public static JsonNode? Read(ref Utf8JsonReader json)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.StartObject:
                var value = new JsonObject();
                while (json.Read() && json.TokenType != JsonTokenType.EndObject)
                {
                    var key = Text(ref json);
                    if (value.ContainsKey(key)) throw new JsonException($"the key \"{key}\" is there twice");
                    json.Read();
                    value[key] = Read(ref json);
                }

                return value;
            case JsonTokenType.StartArray:
                var list = new JsonArray();
                while (json.Read() && json.TokenType != JsonTokenType.EndArray) list.Add(Read(ref json));
                return list;
            case JsonTokenType.String:
                return JsonValue.Create(Text(ref json));
            case JsonTokenType.Number:
                return json.TryGetInt64(out var whole) ? JsonValue.Create(whole)
                    : json.TryGetDecimal(out var exact) ? JsonValue.Create(exact)
                    : json.TryGetDouble(out var rough) && double.IsFinite(rough) ? JsonValue.Create(rough)
                    : throw new JsonException("a number is too large");
            case JsonTokenType.True or JsonTokenType.False:
                return JsonValue.Create(json.GetBoolean());
            default:
                return null;
        }
    }

    /// <summary>Whether two values are the same: objects whatever the order of their keys, numbers by their amount.</summary>
    public static bool AreEqual(JsonNode? left, JsonNode? right)
    {
        switch (left, right)
        {
            case (null, null):
                return true;
            case (JsonObject a, JsonObject b):
                return a.Count == b.Count && a.All(pair => b.TryGetPropertyValue(pair.Key, out var other) && AreEqual(pair.Value, other));
            case (JsonArray a, JsonArray b):
                if (a.Count != b.Count) return false;
                for (var i = 0; i < a.Count; i++)
                    if (!AreEqual(a[i], b[i])) return false;
                return true;
            case (JsonValue a, JsonValue b):
                if (a.GetValueKind() != b.GetValueKind()) return false;
                if (a.GetValueKind() != JsonValueKind.Number) return a.ToJsonString() == b.ToJsonString();
                return decimal.TryParse(a.ToJsonString(), System.Globalization.NumberStyles.Float, null, out var x)
                    && decimal.TryParse(b.ToJsonString(), System.Globalization.NumberStyles.Float, null, out var y)
                    ? x == y : a.ToJsonString() == b.ToJsonString();
            default:
                return false;
        }
    }

    /// <summary>A string; null where the value is something else.</summary>
    public static string? AsText(JsonNode? value) => value is JsonValue text && text.TryGetValue(out string? found) ? found : null;

    /// <summary>How deep a value is nested, and of how many values it consists.</summary>
    public static (int Depth, int Count) Measure(JsonNode? value)
    {
        var (depth, count) = (0, 1);
        IEnumerable<JsonNode?> inner = value switch { JsonObject fields => fields.Select(pair => pair.Value), JsonArray list => list, _ => [] };
        foreach (var entry in inner)
        {
            var (below, more) = Measure(entry);
            (depth, count) = (Math.Max(depth, below), count + more);
        }

        return (value is JsonObject or JsonArray ? depth + 1 : 0, count);
    }

    private static string Text(ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("a string is not UTF-8 text", exception);
        }
    }
}
