using System.Text;
using System.Text.Json;
using Ringfence.Kubernetes.ApiServer;

namespace Ringfence.Kubernetes.Client;

/// <summary>Reads what a server says where it refuses a request.</summary>
/// <remarks>https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/</remarks>
internal static class StatusBody
{
    private const int LongestExcerpt = 200;

    /// <summary>Reads a body; one that is no <c>Status</c> is told in part.</summary>
    /// <param name="code">The HTTP status; 0 where the body alone says it.</param>
    /// <param name="body">The body.</param>
    public static ApiException Read(int code, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && Text(root, "kind") == "Status")
            {
                var (group, kind, name, seconds) = ("", "", "", 0);
                if (root.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Object)
                {
                    (group, kind, name) = (Text(details, "group") ?? "", Text(details, "kind") ?? "", Text(details, "name") ?? "");
                    if (details.TryGetProperty("retryAfterSeconds", out var wait) && wait.ValueKind == JsonValueKind.Number) _ = wait.TryGetInt32(out seconds);
                }

                if (code == 0 && root.TryGetProperty("code", out var own) && own.ValueKind == JsonValueKind.Number) _ = own.TryGetInt32(out code);
                var reason = Text(root, "reason") ?? Reason(code);
                return new ApiException(code, reason, Text(root, "message") is { Length: > 0 } message ? message : $"the server says {code} {reason}")
                {
                    About = kind.Length > 0 || name.Length > 0 ? (group, kind, name) : null,
                    RetryAfterSeconds = seconds > 0 ? seconds : null,
                };
            }
        }
        catch (JsonException)
        {
            // Something between us and the server answers, in words of its own.
        }

        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, LongestExcerpt)]).Trim();
        return new ApiException(code, Reason(code), text.Length == 0 ? $"the server says {code} {Reason(code)}" : $"the server says {code} {Reason(code)}: {text}");
    }

    private static string Reason(int code) => code switch
    {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        409 => "Conflict",
        410 => "Expired",
        422 => "Invalid",
        429 => "TooManyRequests",
        500 => "InternalError",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "Unknown",
    };

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
