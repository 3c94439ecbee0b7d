using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ringfence.Evidence.Records;

/// <summary>Evidence as JSON: fields in a fixed order, indented.</summary>
public static class EvidenceJson
{
    // Files are read by people too, and never pasted into a page unescaped: "->" and "+" stay readable.
    private static readonly EvidenceJsonContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Writes evidence, with a line end behind it.</summary>
    public static void Write(Stream output, EvidenceDocument document)
    {
        JsonSerializer.Serialize(output, document, Context.EvidenceDocument);
        output.WriteByte((byte)'\n');
    }

    /// <summary>Reads evidence.</summary>
    /// <exception cref="JsonException">It is no evidence.</exception>
    public static EvidenceDocument Read(Stream input) =>
        JsonSerializer.Deserialize(input, Context.EvidenceDocument) ?? throw new JsonException("this is null, not evidence");
}

/// <summary>What the compiler makes for reading and writing.</summary>
[JsonSerializable(typeof(EvidenceDocument))]
internal sealed partial class EvidenceJsonContext : JsonSerializerContext;
