using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Writes answers.</summary>
internal static class Answer
{
    /// <summary>The content type of answers.</summary>
    public const string Json = "application/json";

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <summary>Answers with a document.</summary>
    public static async Task WriteAsync(HttpContext context, int code, JsonNode document)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        await using (var writer = new Utf8JsonWriter(buffer, IsPretty(context) ? Indented : Compact)) document.WriteTo(writer);
        await WriteAsync(context, code, Json, buffer.WrittenMemory);
    }

    /// <summary>Answers with an object as it is kept.</summary>
    public static Task WriteAsync(HttpContext context, int code, StoredObject stored) =>
        IsPretty(context) ? WriteAsync(context, code, stored.Parse()) : WriteAsync(context, code, Json, stored.Json);

    /// <summary>Answers with bytes.</summary>
    public static async Task WriteAsync(HttpContext context, int code, string contentType, ReadOnlyMemory<byte> bytes)
    {
        var response = context.Response;
        response.StatusCode = code;
        response.ContentType = contentType;
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>Answers that a request was refused.</summary>
    public static Task RefuseAsync(HttpContext context, ApiException refusal)
    {
        if (refusal.RetryAfterSeconds is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (refusal.Code == 401) context.Response.Headers.WWWAuthenticate = "Bearer realm=\"ringfence\"";
        return WriteAsync(context, refusal.Code, StatusDocument.Of(refusal));
    }

    /// <summary>Tells of what is not quite right with a request.</summary>
    public static void Warn(HttpContext context, IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            var text = warning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            // A header is one line of what every client can read.
            context.Response.Headers.Append("Warning", $"299 - \"{string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?'))}\"");
        }
    }

    private static bool IsPretty(HttpContext context) => context.Request.Query["pretty"] is [not ("0" or "false"), ..];
}
