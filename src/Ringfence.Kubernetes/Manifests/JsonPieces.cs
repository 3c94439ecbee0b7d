using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Manifests;

/// <summary>What a piece of JSON text is.</summary>
internal enum JsonPart
{
    /// <summary>A document that is no list.</summary>
    Document,

    /// <summary>An entry of a list's <c>items</c>.</summary>
    Item,
}

/// <summary>A piece of JSON text that is read on its own.</summary>
internal readonly record struct JsonPiece(JsonPart Part, int Start, int Length, int Line, int Column);

/// <summary>A list whose items are pieces.</summary>
/// <param name="Head">Its apiVersion and kind, as far as they stand before the items.</param>
internal sealed record JsonList((string? Version, string? Kind) Head);

/// <summary>Pieces that lie in one buffer, in the order of the text; they are of one list, or of none.</summary>
internal sealed class JsonBatch(byte[] buffer)
{
    public byte[] Buffer => buffer;

    public List<JsonPiece> Pieces { get; } = [];

    public List<SyntaxProblem> Problems { get; } = [];

    /// <summary>The list that the items are of; null where there are none.</summary>
    public JsonList? List { get; set; }

    /// <summary>What the list has beside its items, where it ends with this batch.</summary>
    public SourceDocument? Envelope { get; set; }
}
