using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>The schemas of custom kinds as OpenAPI.</summary>
/// <remarks>https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#publish-validation-schema-in-openapi</remarks>
/// <param name="isV3">Whether for OpenAPI 3; for 2, which can say less, otherwise.</param>
internal sealed class CustomOpenApi(bool isV3)
{
    // What OpenAPI 2 has no words for is left out, and its place takes anything.
    private static readonly string[] s_kept = ["description", "type", "format", "required", "enum"];

    /// <summary>Adds the schemas of a kind and of its lists.</summary>
    /// <param name="schemas">The schemas by name, with those of what every object has.</param>
    /// <param name="type">The kind.</param>
    public void Add(JsonObject schemas, ResourceType type)
    {
        var name = $"{string.Join('.', type.Group.Split('.').Reverse())}.{type.Version}.{type.Kind}";
        var schema = isV3 ? type.Custom!.SchemaJson.DeepClone().AsObject() : Reduced(type.Custom!.SchemaJson, isRoot: true);
        var properties = schema["properties"] as JsonObject;
        if (properties is null) schema["properties"] = properties = [];
        properties["apiVersion"] = Text("The group and version of the fields here.");
        properties["kind"] = Text("What the object is.");
        properties["metadata"] = Reference("ObjectMeta");
        schema["type"] = "object";
        schema["x-kubernetes-group-version-kind"] = new JsonArray(KindOf(type, type.Kind));
        schemas[name] = schema;
        schemas[$"{name}List"] = new JsonObject
        {
            ["description"] = $"A list of objects of the kind {type.Kind}.",
            ["type"] = "object",
            ["required"] = new JsonArray("items"),
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = Text(""),
                ["items"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["$ref"] = (isV3 ? "#/components/schemas/" : "#/definitions/") + name } },
                ["kind"] = Text(""),
                ["metadata"] = Reference("ListMeta"),
            },
            ["x-kubernetes-group-version-kind"] = new JsonArray(KindOf(type, type.ListKind)),
        };
    }

    private static JsonObject Reduced(JsonObject schema, bool isRoot = false)
    {
        var reduced = new JsonObject();
        foreach (var field in s_kept)
            if (schema[field] is { } value && (field != "enum" || IsOfTexts(value))) reduced[field] = value.DeepClone();
        foreach (var (field, value) in schema)
            if (field.StartsWith("x-kubernetes-", StringComparison.Ordinal) && field != SchemaWords.Validations) reduced[field] = value?.DeepClone();

        // Clients that check by this would refuse what the server takes.
        if (!isRoot && (schema["nullable"] is not null || schema[SchemaWords.PreserveUnknownFields] is not null))
        {
            reduced.Remove("type");
            return reduced;
        }

        if (schema["properties"] is JsonObject properties)
            reduced["properties"] = new JsonObject(properties.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Reduced(pair.Value as JsonObject ?? []))));
        foreach (var field in (string[])["items", "additionalProperties"])
            if (schema[field] is JsonObject inner) reduced[field] = Reduced(inner);
        return reduced;
    }

    private static bool IsOfTexts(JsonNode choices) => choices is JsonArray list && list.All(choice => JsonValues.AsText(choice) is not null);

    private static JsonObject Text(string description)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (description.Length > 0) schema.Insert(0, "description", description);
        return schema;
    }

    // Beside a reference nothing else counts in OpenAPI 3.
    private JsonObject Reference(string name)
    {
        var reference = new JsonObject { ["$ref"] = (isV3 ? "#/components/schemas/" : "#/definitions/") + "io.k8s.apimachinery.pkg.apis.meta.v1." + name };
        return isV3 ? new JsonObject { ["allOf"] = new JsonArray(reference) } : reference;
    }

    private static JsonObject KindOf(ResourceType type, string kind) => new() { ["group"] = type.Group, ["version"] = type.Version, ["kind"] = kind };
}
