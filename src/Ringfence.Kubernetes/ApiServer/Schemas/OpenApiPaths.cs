using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>
/// The paths of kinds as OpenAPI has them: kubectl finds the kind of a path there, and whether it may ask for dry runs and for field
/// validation. What it does not look at (bodies, most parameters) is left out.
/// </summary>
/// <param name="isV3">Whether for OpenAPI 3; for 2 otherwise.</param>
internal sealed class OpenApiPaths(bool isV3)
{
    /// <summary>The paths of some kinds.</summary>
    public JsonObject Of(IEnumerable<ResourceType> types)
    {
        var paths = new JsonObject();
        foreach (var type in types)
        {
            var root = type.Group.Length == 0 ? $"/api/{type.Version}" : $"/apis/{type.Group}/{type.Version}";
            if (ReviewKinds.All.Contains(type))
            {
                paths[type.IsNamespaced ? $"{root}/namespaces/{{namespace}}/{type.Plural}" : $"{root}/{type.Plural}"] = new JsonObject { ["post"] = Operation(type, "post", writes: true) };
                continue;
            }

            if (type.IsNamespaced) paths[$"{root}/{type.Plural}"] = new JsonObject { ["get"] = Operation(type, "list") };
            var objects = type.IsNamespaced ? $"{root}/namespaces/{{namespace}}/{type.Plural}" : $"{root}/{type.Plural}";
            var all = new JsonObject { ["get"] = Operation(type, "list"), ["post"] = Operation(type, "post", writes: true) };
            if (ServedResource.CanDeleteAll(type)) all["delete"] = Operation(type, "deletecollection");
            paths[objects] = all;
            paths[objects + "/{name}"] = new JsonObject
            {
                ["get"] = Operation(type, "get"),
                ["put"] = Operation(type, "put", writes: true),
                ["delete"] = Operation(type, "delete"),
                ["patch"] = Operation(type, "patch", writes: true),
            };
        }

        return paths;
    }

    private JsonObject Operation(ResourceType type, string action, bool writes = false)
    {
        var parameters = new JsonArray();
        if (writes || action is "delete" or "deletecollection") parameters.Add((JsonNode)Query("dryRun"));
        if (writes) parameters.Add((JsonNode)Query("fieldValidation"));
        return new JsonObject
        {
            ["parameters"] = parameters,
            ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = new JsonObject { ["group"] = type.Group, ["version"] = type.Version, ["kind"] = type.Kind },
        };
    }

    private JsonObject Query(string name)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = "query" };
        if (isV3) parameter["schema"] = new JsonObject { ["type"] = "string", ["uniqueItems"] = true };
        else (parameter["type"], parameter["uniqueItems"]) = ("string", true);
        return parameter;
    }
}
