using System.Text;
using Microsoft.AspNetCore.Http;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Answers whether the server is well: it is, as long as it answers. It neither starts to answer before all is there, nor answers once it ends.</summary>
/// <remarks>https://kubernetes.io/docs/reference/using-api/health-checks/</remarks>
internal static class HealthHandler
{
    private static readonly string[] s_live = ["ping", "storage"];
    private static readonly string[] s_ready = [.. s_live, "shutdown"];

    /// <summary>Whether a path asks so.</summary>
    public static bool IsHealth(string path) => path.Trim('/').Split('/')[0] is "healthz" or "livez" or "readyz";

    /// <summary>Answers; false where there is no such check.</summary>
    public static async Task<bool> ServeAsync(HttpContext context, string path)
    {
        var parts = path.Trim('/').Split('/');
        var checks = parts[0] == "readyz" ? s_ready : s_live;
        if (parts.Length > 2 || (parts.Length == 2 && !checks.Contains(parts[1]))) return false;
        var text = parts.Length == 1 && context.Request.Query.ContainsKey("verbose") ? Verbose(parts[0], checks, [.. context.Request.Query["exclude"].OfType<string>()]) : "ok";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await Answer.WriteAsync(context, StatusCodes.Status200OK, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));
        return true;
    }

    private static string Verbose(string name, string[] checks, string[] excluded)
    {
        var text = new StringBuilder();
        foreach (var check in checks) text.Append($"[+]{check} {(excluded.Contains(check) ? "excluded: " : "")}ok\n");
        string[] unknown = [.. excluded.Except(checks).Order(StringComparer.Ordinal).Select(check => $"\"{check}\"")];
        if (unknown.Length > 0) text.Append($"warn: some health checks cannot be excluded: no matches for {string.Join(",", unknown)}\n");
        return text.Append($"{name} check passed\n").ToString();
    }
}
