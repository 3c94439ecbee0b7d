using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>What pods are made of: a workload's <c>spec.template</c>.</summary>
internal static class PodTemplate
{
    /// <summary>The label that tells a Deployment's generations of pods apart.</summary>
    public const string HashLabel = "pod-template-hash";

    // No vowels, no digits that look like letters: names that say nothing.
    private const string HashLetters = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>A pod that a workload controls.</summary>
    /// <param name="owner">The workload.</param>
    /// <param name="template">The template.</param>
    public static JsonObject MakePod(Mirrored owner, JsonObject template)
    {
        var metadata = new JsonObject { ["namespace"] = owner.Namespace };
        foreach (var field in new[] { "labels", "annotations", "finalizers" })
            if (template.At("metadata", field) is { } value) metadata[field] = value.DeepClone();
        metadata["ownerReferences"] = new JsonArray(owner.ControllerReference());
        return new JsonObject { ["metadata"] = metadata, ["spec"] = template.Object("spec")?.Copy() ?? [] };
    }

    /// <summary>Whether two templates make the same pods; the label of their hash is not compared.</summary>
    public static bool AreSame(JsonObject? left, JsonObject? right) => JsonNode.DeepEquals(WithoutHash(left), WithoutHash(right));

    /// <summary>A short text that is the same for the same template, whatever the order of its fields.</summary>
    /// <param name="template">The template.</param>
    /// <param name="collisions">How many other templates were found to have the text of a lower number.</param>
    public static string Hash(JsonObject template, int collisions)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) WriteOrdered(writer, WithoutHash(template));
        var hash = Fnv(2166136261, buffer.WrittenSpan);
        if (collisions > 0) hash = Fnv(hash, BitConverter.GetBytes(collisions));
        var text = new StringBuilder();
        foreach (var digit in hash.ToString()) text.Append(HashLetters[(digit - '0') % HashLetters.Length]);
        return text.ToString();
    }

    private static uint Fnv(uint hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes) hash = unchecked((hash ^ one) * 16777619);
        return hash;
    }

    private static JsonObject? WithoutHash(JsonObject? template)
    {
        if (template.At("metadata", "labels", HashLabel) is null) return template;
        var copy = template!.Copy();
        copy.Object("metadata", "labels")!.Remove(HashLabel);
        return copy;
    }

    private static void WriteOrdered(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                writer.WriteStartObject();
                foreach (var (name, value) in fields.OrderBy(field => field.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    WriteOrdered(writer, value);
                }

                writer.WriteEndObject();
                break;
            case JsonArray items:
                writer.WriteStartArray();
                foreach (var item in items) WriteOrdered(writer, item);
                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
