using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>A value with the place where it stands. What is of another type than asked for counts as absent.</summary>
/// <param name="Value">The value; null where it is absent.</param>
/// <param name="Path">Where it stands.</param>
internal readonly record struct JsonField(JsonNode? Value, FieldPath Path)
{
    /// <summary>Whether it is there.</summary>
    public bool Exists => Value is not null;

    /// <summary>A field of the object here.</summary>
    public JsonField this[string name] => new((Value as JsonObject)?[name], Path.Child(name));

    /// <summary>The text here; empty where there is none.</summary>
    public string Text => JsonValues.AsText(Value) ?? "";

    /// <summary>The number here; null where there is none.</summary>
    public long? Number => Value is not JsonValue number ? null
        : number.TryGetValue(out long large) ? large
        : number.TryGetValue(out int small) ? small : null;

    /// <summary>Whether it is true.</summary>
    public bool IsTrue => Value is JsonValue flag && flag.TryGetValue(out bool isTrue) && isTrue;

    /// <summary>The entries of the list here.</summary>
    public IEnumerable<JsonField> Items
    {
        get
        {
            if (Value is not JsonArray list) yield break;
            for (var i = 0; i < list.Count; i++) yield return new JsonField(list[i], Path.Index(i));
        }
    }

    /// <summary>How many entries the list here has.</summary>
    public int Count => (Value as JsonArray)?.Count ?? 0;

    /// <summary>The entries of the map here, of those that are texts.</summary>
    public KeyValuePair<string, string>[]? Texts =>
        Value is JsonObject map ? [.. map.Select(pair => KeyValuePair.Create(pair.Key, JsonValues.AsText(pair.Value) ?? ""))] : null;

    /// <summary>The label selector here; null where there is none.</summary>
    public SelectorManifest? Selector => Value is not JsonObject ? null : new SelectorManifest
    {
        MatchLabels = this["matchLabels"].Texts,
        MatchExpressions = this["matchExpressions"].Value is not JsonArray ? null : [.. this["matchExpressions"].Items.Select(item =>
            new ExpressionManifest(item["key"].Text, item["operator"].Text, item["values"].Exists ? [.. item["values"].Items.Select(value => value.Text)] : null))],
    };

    /// <summary>The field of an object.</summary>
    public static JsonField Of(JsonObject value, string name) => new(value[name], FieldPath.Root(name));
}
