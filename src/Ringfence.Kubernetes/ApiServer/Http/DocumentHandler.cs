using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Answers what is no object: version, discovery and OpenAPI.</summary>
internal static class DocumentHandler
{
    // Clients ask for the one, which is no media type by the rules, and read the other.
    private const string ProtobufV2Asked = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    private const string ProtobufV2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    /// <summary>Whether everybody may read a path.</summary>
    public static bool IsOpen(string path) => path is "/version" or "/version/" || HealthHandler.IsHealth(path);

    /// <summary>Answers; false where there is no such path.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">Its path.</param>
    /// <param name="kinds">The kinds that are served.</param>
    public static async Task<bool> ServeAsync(HttpContext context, string path, ServedKinds kinds)
    {
        if (HealthHandler.IsHealth(path)) return await HealthHandler.ServeAsync(context, path);

        switch (path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            case []:
                return await WriteAsync(context, Paths(kinds));
            case ["version"]:
                return await WriteAsync(context, Version());
            case ["api"]:
                return await DiscoverAsync(context, kinds, isCore: true);
            case ["apis"]:
                return await DiscoverAsync(context, kinds, isCore: false);
            case ["api", var version]:
                return await WriteAsync(context, kinds.Discovery.Resources("", version));
            case ["apis", var group]:
                return await WriteAsync(context, kinds.Discovery.Group(group));
            case ["apis", var group, var version]:
                return await WriteAsync(context, kinds.Discovery.Resources(group, version));
            case ["openapi", "v2"]:
                var isJson = Acceptance.Choose(context.Request, Answer.Json, ProtobufV2Asked, ProtobufV2) == Answer.Json;
                await Answer.WriteAsync(context, StatusCodes.Status200OK, isJson ? Answer.Json : ProtobufV2, isJson ? kinds.OpenApi.V2Json : kinds.OpenApi.V2Protobuf);
                return true;
            case ["openapi", "v3"]:
                return await WriteAsync(context, kinds.OpenApi.V3Index);
            case ["openapi", "v3", "api", var version]:
                return await WriteAsync(context, kinds.OpenApi.V3("", version));
            case ["openapi", "v3", "apis", var group, var version]:
                return await WriteAsync(context, kinds.OpenApi.V3(group, version));
            default:
                return false;
        }
    }

    private static async Task<bool> DiscoverAsync(HttpContext context, ServedKinds kinds, bool isCore)
    {
        if (Acceptance.Discovery(context.Request) is { } version && kinds.Discovery.Aggregated(isCore, version) is { } aggregated)
        {
            var buffer = System.Text.Encoding.UTF8.GetBytes(aggregated.ToJsonString());
            await Answer.WriteAsync(context, StatusCodes.Status200OK, $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList", buffer);
            return true;
        }

        return await WriteAsync(context, isCore ? DiscoveryDocuments.CoreVersions(context.Request.Host.Value ?? "") : kinds.Discovery.Groups());
    }

    private static async Task<bool> WriteAsync(HttpContext context, JsonObject? document)
    {
        if (document is null) return false;
        Acceptance.Choose(context.Request, Answer.Json);
        await Answer.WriteAsync(context, StatusCodes.Status200OK, document);
        return true;
    }

    private static async Task<bool> WriteAsync(HttpContext context, ReadOnlyMemory<byte>? document)
    {
        if (document is not { } bytes) return false;
        Acceptance.Choose(context.Request, Answer.Json);
        await Answer.WriteAsync(context, StatusCodes.Status200OK, Answer.Json, bytes);
        return true;
    }

    private static JsonObject Paths(ServedKinds kinds)
    {
        var groups = kinds.All.Where(type => type.Group.Length > 0).SelectMany(type => (string[])[$"/apis/{type.Group}", $"/apis/{type.Group}/{type.Version}"]);
        string[] all = ["/api", "/api/v1", "/apis", .. groups, "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"];
        return new JsonObject { ["paths"] = new JsonArray([.. all.Distinct().Order(StringComparer.Ordinal).Select(path => (JsonNode)path)]) };
    }

    private static JsonObject Version()
    {
        var own = typeof(DocumentHandler).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
        return new JsonObject
        {
            ["major"] = "1",
            ["minor"] = "32",
            ["gitVersion"] = $"v1.32.0-ringfence.{own}",
            ["gitCommit"] = "",
            ["gitTreeState"] = "clean",
            ["buildDate"] = "1970-01-01T00:00:00Z",
            ["goVersion"] = RuntimeInformation.FrameworkDescription,
            ["compiler"] = ".NET",
            ["platform"] = $"{(OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsMacOS() ? "darwin" : "windows")}/{(RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64")}",
        };
    }
}
