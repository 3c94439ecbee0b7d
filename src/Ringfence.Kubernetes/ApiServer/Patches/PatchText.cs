using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Patches;

/// <summary>Patches as they come in, and what is said of bad ones.</summary>
internal static class PatchText
{
    // As the API server has it.
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Reads a patch; null is JSON's null.</summary>
    /// <exception cref="ApiException">400: it is no JSON; 413: it is too large.</exception>
    public static JsonNode? Parse(ReadOnlyMemory<byte> patch)
    {
        if (patch.Length > MaxBytes)
            throw new ApiException(413, "RequestEntityTooLarge", $"Request entity too large: limit is {MaxBytes} bytes, the patch has {patch.Length}");
        try
        {
            var reader = new Utf8JsonReader(patch.Span, new JsonReaderOptions { MaxDepth = JsonValues.MaxDepth });
            reader.Read();
            var value = JsonValues.Read(ref reader);
            reader.Read();
            return value;
        }
        catch (JsonException exception)
        {
            var end = exception.Message.IndexOf(" LineNumber", StringComparison.Ordinal);
            throw Malformed(end < 0 ? exception.Message : exception.Message[..end]);
        }
    }

    /// <summary>The patch is no patch.</summary>
    public static ApiException Malformed(string what) => new(400, "BadRequest", $"error decoding patch: {what}");

    /// <summary>The patch does not fit the object.</summary>
    public static ApiException DoesNotFit(string what) =>
        new(422, "Invalid", $"the server rejected our request due to an error in our request: {what}");
}
