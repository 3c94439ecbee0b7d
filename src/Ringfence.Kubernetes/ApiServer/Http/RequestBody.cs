using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Ringfence.Kubernetes.ApiServer.Http.Protobuf;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Reads what clients send.</summary>
internal static class RequestBody
{
    /// <summary>The most bytes of a body, as the API server has it.</summary>
    public const int MostBytes = 3 << 20;

    private static readonly JsonDocumentOptions Plain = new() { AllowDuplicateProperties = false };

    /// <summary>The media type of the body; JSON where nothing is said.</summary>
    public static string MediaType(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.MediaType.ToString().ToLowerInvariant() : request.ContentType is null or "" ? Answer.Json : request.ContentType;

    /// <summary>Reads an object as JSON, which it may have come in another form; empty where there is none.</summary>
    /// <exception cref="ApiException">It is too large, or in a form that is not known.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadJsonAsync(HttpContext context)
    {
        var type = MediaType(context.Request);
        var bytes = await ReadAsync(context);
        return type switch
        {
            _ when bytes.Length == 0 => bytes,
            Answer.Json or "*/*" => bytes,
            ProtobufBody.MediaType => ProtobufBody.ToJson(bytes.Span),
            YamlBody.MediaType => YamlBody.ToJson(bytes),
            _ => throw new ApiException(
                415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {Answer.Json}, {YamlBody.MediaType} (not {type})"),
        };
    }

    /// <summary>Reads an object that is of no kind that is kept; null where there is none.</summary>
    /// <exception cref="ApiException">It is too large, or no object.</exception>
    public static async Task<JsonObject?> ReadObjectAsync(HttpContext context)
    {
        var body = await ReadJsonAsync(context);
        if (body.Length == 0) return null;
        try
        {
            return JsonNode.Parse(body.Span, documentOptions: Plain) as JsonObject ?? throw Refusal.BadRequest("an object is expected as the body");
        }
        catch (JsonException problem)
        {
            throw Refusal.BadRequest($"the body is no JSON: {problem.Message}");
        }
    }

    /// <summary>Reads a body; empty where there is none.</summary>
    /// <exception cref="ApiException">It is too large.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MostBytes) throw TooLarge();
        using var body = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        var buffer = new byte[16 << 10];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var count)
        {
            if (body.Length + count > MostBytes) throw TooLarge();
            body.Write(buffer, 0, count);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static ApiException TooLarge() => new(413, "RequestEntityTooLarge", $"Request entity too large: limit is {MostBytes}");
}
