using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.ApiServer.Http.Protobuf;

/// <summary>
/// Reads what kubectl sends as protobuf: some of its verbs, such as <c>create deployment</c> and <c>auth can-i</c>, speak nothing else. It becomes JSON, and goes
/// the way of all JSON. What is not known is refused, never dropped.
/// </summary>
/// <remarks>https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding</remarks>
internal static class ProtobufBody
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private const int MaxDepth = 64;

    /// <summary>The object of a body, as JSON.</summary>
    /// <exception cref="ApiException">It is no such body, or of a kind or with a field that is not known.</exception>
    public static ReadOnlyMemory<byte> ToJson(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith("k8s\0"u8)) throw ProtobufReader.Malformed();
        var envelope = new ProtobufReader(body[4..]);
        JsonObject type = [];
        ReadOnlySpan<byte> raw = default;
        while (envelope.Read())
        {
            if (envelope.Number == 1) type = Message("TypeMeta", envelope.Content, 0);
            else if (envelope.Number == 2) raw = envelope.Content;
        }

        var kind = type.Text("kind");
        var versioned = $"{type.Text("apiVersion")}/{kind}";
        var message = ProtobufFields.Find(versioned) is null ? kind : versioned;
        if (ProtobufFields.Find(message) is null) throw Unsupported($"objects of kind {kind} are not read as protobuf here: send application/json");
        var value = Message(message, raw, 0);
        value["kind"] = kind;
        value["apiVersion"] = type.Text("apiVersion");
        return ObjectJson.Write(value);
    }

    private static JsonObject Message(string message, ReadOnlySpan<byte> bytes, int depth)
    {
        if (depth > MaxDepth) throw ProtobufReader.Malformed();
        var value = new JsonObject();
        var reader = new ProtobufReader(bytes);
        while (reader.Read())
        {
            if (!ProtobufFields.Find(message)!.TryGetValue(reader.Number, out var field))
                throw Unsupported($"field {reader.Number} of {message} is not read as protobuf here: send application/json");
            if (field.Name == "+")
            {
                foreach (var (name, node) in Message(field.Type, reader.Content, depth + 1)) value[name] = node?.DeepClone();
            }
            else if (field.Type is ['m', var element])
            {
                AddEntry(value, field.Name, element, reader.Content);
            }
            else if (Single(field.Type, ref reader, depth) is { } node && (field.IsRepeated || field.KeepsZero || !IsZero(node)))
            {
                if (!field.IsRepeated) value[field.Name] = node;
                else if (value[field.Name] is JsonArray list) list.Add(node);
                else value[field.Name] = new JsonArray(node);
            }
        }

        return value;
    }

    private static JsonNode? Single(string type, ref ProtobufReader reader, int depth) => type switch
    {
        "s" => Text(reader.Content),
        "i" => reader.Value,
        "b" => reader.Value != 0,
        "t" => Time(reader.Content),
        "n" => NumberOrText(reader.Content),
        "q" => Quantity(reader.Content),
        "y" => Convert.ToBase64String(reader.Content),
        _ => Message(type, reader.Content, depth + 1),
    };

    private static bool IsZero(JsonNode node) => node is JsonValue value
        && ((value.TryGetValue<string>(out var text) && text.Length == 0) || (value.TryGetValue<long>(out var number) && number == 0) || (value.TryGetValue<bool>(out var flag) && !flag));

    private static void AddEntry(JsonObject value, string name, char element, ReadOnlySpan<byte> entry)
    {
        var (key, content) = ("", (JsonNode?)JsonValue.Create(""));
        var reader = new ProtobufReader(entry);
        while (reader.Read())
        {
            if (reader.Number == 1) key = Text(reader.Content);
            else if (reader.Number == 2) content = Single(element.ToString(), ref reader, 0);
        }

        if (value[name] is not JsonObject map) value[name] = map = [];
        map[key] = content;
    }

    private static JsonNode? Time(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        long? seconds = null;
        while (reader.Read())
            if (reader.Number == 1) seconds = reader.Value;
        return seconds is >= -62135596800 and <= 253402300799 ? Meta.Time(DateTimeOffset.FromUnixTimeSeconds(seconds.Value)) : null;
    }

    private static JsonNode NumberOrText(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        var (isText, number, text) = (false, 0L, "");
        while (reader.Read())
        {
            if (reader.Number == 1) isText = reader.Value != 0;
            else if (reader.Number == 2) number = reader.Value;
            else if (reader.Number == 3) text = Text(reader.Content);
        }

        return isText ? text : number;
    }

    private static JsonNode Quantity(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        var text = "0";
        while (reader.Read())
            if (reader.Number == 1) text = Text(reader.Content);
        return text;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static ApiException Unsupported(string why) => new(415, "UnsupportedMediaType", why);
}
