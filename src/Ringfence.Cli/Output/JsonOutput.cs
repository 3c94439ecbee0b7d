using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ringfence.Cli.Output;

/// <summary>Machine output as indented JSON.</summary>
internal sealed class JsonOutput : StructuredWriter
{
    private const int FlushAt = 1 << 16;

    private readonly TextWriter _out;
    private readonly ArrayBufferWriter<byte> _buffer = new(FlushAt * 2);
    private readonly Utf8JsonWriter _json;

    /// <summary>Writes to <paramref name="output"/>, which stays open.</summary>
    public JsonOutput(TextWriter output)
    {
        _out = output;
        // Nobody embeds this in a page unescaped; "->" and "+" stay readable.
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions
        {
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }

    public override void StartObject() => _json.WriteStartObject();

    public override void EndObject()
    {
        _json.WriteEndObject();
        Drain(FlushAt);
    }

    public override void StartArray() => _json.WriteStartArray();

    public override void EndArray() => _json.WriteEndArray();

    public override void Name(string name) => _json.WritePropertyName(name);

    public override void Value(string? value) => _json.WriteStringValue(value);

    public override void Value(long value) => _json.WriteNumberValue(value);

    public override void Value(bool value) => _json.WriteBooleanValue(value);

    public override void Dispose()
    {
        Drain(0);
        _out.Write('\n');
        _json.Dispose();
    }

    protected override void ValidJson(string json) => _json.WriteRawValue(json);

    private void Drain(int threshold)
    {
        if (_json.BytesPending + _buffer.WrittenCount <= threshold) return;
        _json.Flush();
        _out.Write(Encoding.UTF8.GetString(_buffer.WrittenSpan));
        _buffer.ResetWrittenCount();
    }
}
