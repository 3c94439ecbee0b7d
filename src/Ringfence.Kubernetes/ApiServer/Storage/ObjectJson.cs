using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Storage;

/// <summary>Objects as UTF-8 JSON: kind, version and metadata first, so that who reads them finds out early whom they are about.</summary>
internal static class ObjectJson
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sets <c>metadata.resourceVersion</c>.</summary>
    public static void SetVersion(JsonObject value, long version) =>
        value["metadata"]!.AsObject()["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes an object.</summary>
    public static byte[] Write(JsonObject value)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            writer.WriteStartObject();
            foreach (var first in First)
            {
                if (value[first] is not { } node) continue;
                writer.WritePropertyName(first);
                node.WriteTo(writer);
            }

            foreach (var (name, node) in value)
            {
                if (First.Contains(name)) continue;
                writer.WritePropertyName(name);
                if (node is null) writer.WriteNullValue();
                else node.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static readonly string[] First = ["kind", "apiVersion", "metadata"];
}
