using System.Buffers;
using System.Text.Json;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Reads what clients send as YAML. It becomes JSON, and goes the way of all JSON.</summary>
internal static class YamlBody
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/yaml";

    // Indentation is left out, and quotes are added.
    private const int MostBytes = 2 * RequestBody.MostBytes;

    /// <summary>The object of a body, as JSON; keys that are there twice still are.</summary>
    /// <exception cref="ApiException">It is no YAML, or more than one document.</exception>
    public static ReadOnlyMemory<byte> ToJson(ReadOnlyMemory<byte> body)
    {
        SourceDocument[] documents = [.. YamlReader.Read(body).Take(2)];
        if (documents is [{ Problem: { } problem }, ..]) throw Refusal.BadRequest($"the body is no YAML: line {problem.Line}: {problem.Message}");
        if (documents is not [{ Root: MappingNode root }]) throw Refusal.BadRequest("one object is expected as the body");
        var buffer = new ArrayBufferWriter<byte>(body.Length);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = DocumentLimits.Depth + 1 })) Write(root, writer);
        return buffer.WrittenMemory;
    }

    private static void Write(Node node, Utf8JsonWriter writer)
    {
        // An alias stands for all that it names, as often as it is written.
        if (writer.BytesCommitted + writer.BytesPending > MostBytes) throw new ApiException(413, "RequestEntityTooLarge", $"Request entity too large: as JSON it has more than {MostBytes} bytes");
        switch (node)
        {
            case MappingNode mapping:
                writer.WriteStartObject();
                foreach (var entry in mapping.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    Write(entry.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case SequenceNode sequence:
                writer.WriteStartArray();
                foreach (var item in sequence.Items) Write(item, writer);
                writer.WriteEndArray();
                break;
            default:
                if (NodeJson.Of(node) is { } scalar) scalar.WriteTo(writer);
                else writer.WriteNullValue();
                break;
        }
    }
}
