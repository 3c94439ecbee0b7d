using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ringfence.Bench.Manifests;

/// <summary>JSON as kubectl prints it, indented by four spaces, or as the API server sends it.</summary>
internal sealed class JsonManifestWriter(Stream stream, bool indented = true) : ManifestWriter
{
    private readonly Utf8JsonWriter _writer = new(stream, new JsonWriterOptions
    {
        Indented = indented,
        IndentSize = 4,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    });

    public override void BeginObject(string? name = null)
    {
        if (name is null) _writer.WriteStartObject();
        else _writer.WriteStartObject(name);
    }

    public override void EndObject() => _writer.WriteEndObject();

    public override void BeginArray(string? name = null)
    {
        if (name is null) _writer.WriteStartArray();
        else _writer.WriteStartArray(name);
    }

    public override void EndArray() => _writer.WriteEndArray();

    public override void Text(string? name, string value)
    {
        if (name is null) _writer.WriteStringValue(value);
        else _writer.WriteString(name, value);
    }

    public override void Number(string? name, long value)
    {
        if (name is null) _writer.WriteNumberValue(value);
        else _writer.WriteNumber(name, value);
    }

    public override void Flag(string? name, bool value)
    {
        if (name is null) _writer.WriteBooleanValue(value);
        else _writer.WriteBoolean(name, value);
    }

    public override void Null(string? name)
    {
        if (name is null) _writer.WriteNullValue();
        else _writer.WriteNull(name);
    }

    public override void NextDocument()
    {
        if (_writer.BytesPending > 1 << 16) _writer.Flush();
    }

    public override void Dispose() => _writer.Dispose();
}
