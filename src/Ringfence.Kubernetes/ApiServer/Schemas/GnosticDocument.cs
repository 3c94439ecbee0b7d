using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>
/// An OpenAPI 2 document in protobuf, as kubectl asks for it. Only what <see cref="OpenApiSchemas"/> and <see cref="OpenApiPaths"/> write is
/// known here.
/// </summary>
/// <remarks>The numbers are those of openapiv2/OpenAPIv2.proto of google/gnostic-models.</remarks>
/// <param name="document">The document as JSON.</param>
internal sealed class GnosticDocument(JsonObject document)
{
    // What is being written: the document, or a message within it.
    private ArrayBufferWriter<byte> _bytes = new();

    public byte[] ToBytes()
    {
        Text(1, document["swagger"]);
        Message(2, () =>
        {
            Text(1, document["info"]!["title"]);
            Text(2, document["info"]!["version"]);
        });
        Message(8, () => Named(2, document["paths"]!, PathItem));
        Message(9, () => Named(1, document["definitions"]!, Schema));
        return _bytes.WrittenSpan.ToArray();
    }

    private void PathItem(JsonNode item)
    {
        foreach (var (method, number) in new[] { ("get", 2), ("put", 3), ("post", 4), ("delete", 5), ("patch", 8) })
            if (item[method] is { } operation) Message(number, () => Operation(operation));
    }

    private void Operation(JsonNode operation)
    {
        foreach (var parameter in operation["parameters"]!.AsArray())
            Message(8, () => Message(1, () => Message(2, () => Message(3, () =>
            {
                Text(2, parameter!["in"]);
                Text(4, parameter["name"]);
                Text(6, parameter["type"]);
            }))));
        Message(9, () => Named(1, operation["responses"]!, response => Message(1, () => Text(1, response["description"]))));
        Extensions(13, operation);
    }

    private void Schema(JsonNode schema)
    {
        Text(1, schema["$ref"]);
        Text(2, schema["format"]);
        Text(4, schema["description"]);
        foreach (var name in schema["required"]?.AsArray() ?? []) Text(19, name);
        foreach (var choice in schema["enum"]?.AsArray() ?? []) Message(20, () => Text(2, choice));
        if (schema["additionalProperties"] is { } values) Message(21, () => Message(1, () => Schema(values)));
        if (schema["type"] is { } type) Message(22, () => Text(1, type));
        if (schema["items"] is { } items) Message(23, () => Message(1, () => Schema(items)));
        if (schema["properties"] is { } properties) Message(25, () => Named(1, properties, Schema));
        Extensions(31, schema);
    }

    /// <summary>The extensions, whose values are YAML; JSON is.</summary>
    private void Extensions(int number, JsonNode value)
    {
        foreach (var (name, extension) in value.AsObject())
            if (name.StartsWith("x-", StringComparison.Ordinal))
                Message(number, () =>
                {
                    Text(1, name);
                    Message(2, () => Text(2, extension!.ToJsonString()));
                });
    }

    private void Named(int number, JsonNode values, Action<JsonNode> write)
    {
        foreach (var (name, value) in values.AsObject())
            Message(number, () =>
            {
                Text(1, name);
                Message(2, () => write(value!));
            });
    }

    private void Text(int number, JsonNode? text)
    {
        if (text is not null) Bytes(number, Encoding.UTF8.GetBytes((string)text!));
    }

    // The content is written first, as its length comes before it.
    private void Message(int number, Action write)
    {
        var outer = _bytes;
        _bytes = new ArrayBufferWriter<byte>();
        write();
        (var inner, _bytes) = (_bytes, outer);
        Bytes(number, inner.WrittenSpan);
    }

    private void Bytes(int number, ReadOnlySpan<byte> content)
    {
        Varint((uint)((number << 3) | 2));
        Varint((uint)content.Length);
        _bytes.Write(content);
    }

    private void Varint(uint value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.Write([(byte)(value | 0x80)]);
        _bytes.Write([(byte)value]);
    }
}
