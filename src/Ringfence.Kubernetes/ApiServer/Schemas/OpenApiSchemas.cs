using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>The types as OpenAPI schemas, with the extensions by which kubectl merges lists.</summary>
/// <param name="isV3">Whether for OpenAPI 3; for 2 otherwise.</param>
internal sealed class OpenApiSchemas(bool isV3)
{
    private const string Quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    private const string IntOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    private readonly string _prefix = isV3 ? "#/components/schemas/" : "#/definitions/";

    /// <summary>The name of a type's schema.</summary>
    public static string NameOf(SchemaType type)
    {
        if (type.Group == "meta") return Meta + type.Name;
        var parts = type.Group.Split('.');

        // Groups of others are named by their domains, as in Java.
        return parts.Length > 1 && !type.Group.EndsWith(".k8s.io", StringComparison.Ordinal)
            ? $"{string.Join('.', parts.Reverse())}.{type.Version}.{type.Name}" : $"io.k8s.api.{parts[0]}.{type.Version}.{type.Name}";
    }

    /// <summary>The schemas of some kinds, of their lists and of all that these refer to, by name.</summary>
    public JsonObject Of(IEnumerable<SchemaType> kinds)
    {
        var roots = kinds.ToArray();
        var schemas = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        var open = new Queue<SchemaType>(roots);
        while (open.TryDequeue(out var type))
        {
            if (!schemas.TryAdd(NameOf(type), [])) continue;
            schemas[NameOf(type)] = Schema(type);
            foreach (var field in type.Fields)
                if (field.Type is { } inner) open.Enqueue(inner);
        }

        foreach (var kind in roots.Where(kind => kind.IsKind)) schemas.TryAdd(NameOf(kind) + "List", List(kind));
        schemas[Meta + "ListMeta"] = Described(
            "What every list carries.",
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["continue"] = Described("Asks for the next page.", Plain("string")),
                    ["remainingItemCount"] = Described("How many objects follow after this page.", Plain("integer", "int64")),
                    ["resourceVersion"] = Described("The version as of which the list is so.", Plain("string")),
                    ["selfLink"] = Plain("string"),
                },
            });
        schemas[Meta + "Time"] = Plain("string", "date-time");
        schemas[Meta + "MicroTime"] = Plain("string", "date-time");
        schemas[Quantity] = isV3 ? new JsonObject { ["oneOf"] = new JsonArray(Plain("string"), Plain("number")) } : Plain("string");
        schemas[IntOrString] = isV3
            ? new JsonObject { ["format"] = "int-or-string", ["oneOf"] = new JsonArray(Plain("integer"), Plain("string")) }
            : Plain("string", "int-or-string");
        return new JsonObject(schemas.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
    }

    private JsonObject Schema(SchemaType type)
    {
        var schema = Described(type.Description, new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(type.Fields.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)Property(field)))),
        });
        var required = type.Fields.Where(field => field.IsRequired).Select(field => (JsonNode)field.Name).ToArray();
        if (required.Length > 0) schema["required"] = new JsonArray(required);
        if (type.IsKind) schema["x-kubernetes-group-version-kind"] = new JsonArray(KindOf(type, type.Name));
        return schema;
    }

    private JsonObject List(SchemaType kind) => new()
    {
        ["description"] = $"A list of objects of the kind {kind.Name}.",
        ["type"] = "object",
        ["required"] = new JsonArray("items"),
        ["properties"] = new JsonObject
        {
            ["apiVersion"] = Plain("string"),
            ["items"] = new JsonObject { ["type"] = "array", ["items"] = Reference(NameOf(kind)) },
            ["kind"] = Plain("string"),
            ["metadata"] = Reference(Meta + "ListMeta"),
        },
        ["x-kubernetes-group-version-kind"] = new JsonArray(KindOf(kind, kind.Name + "List")),
    };

    private JsonObject Property(SchemaField field)
    {
        var single = Single(field);
        var property = field.Shape switch
        {
            FieldShape.List => new JsonObject { ["type"] = "array", ["items"] = single },
            FieldShape.Map => new JsonObject { ["type"] = "object", ["additionalProperties"] = single },
            _ => single,
        };

        // Beside a reference nothing else counts in OpenAPI 3.
        if (isV3 && property.ContainsKey("$ref")) property = new JsonObject { ["allOf"] = new JsonArray(property) };
        if (field.Shape == FieldShape.List)
        {
            property["x-kubernetes-list-type"] = field.Keys.Length > 0 ? "map" : field.IsSet ? "set" : "atomic";
            if (field.Keys.Length > 0) property["x-kubernetes-list-map-keys"] = new JsonArray([.. field.Keys.Select(key => (JsonNode)key)]);
        }

        if (field.Keys.Length > 0) property["x-kubernetes-patch-merge-key"] = field.Keys[0];
        string[] strategy = [.. field.Keys.Length > 0 || field.IsSet ? ["merge"] : (string[])[], .. field.KeepsNamedFields ? ["retainKeys"] : (string[])[]];
        if (strategy.Length > 0) property["x-kubernetes-patch-strategy"] = string.Join(',', strategy);
        return Described(field.Description, property);
    }

    private JsonObject Single(SchemaField field)
    {
        var schema = field.Form switch
        {
            ValueForm.Object => Reference(NameOf(field.Type!)),
            ValueForm.Quantity => Reference(Quantity),
            ValueForm.IntOrString => Reference(IntOrString),
            ValueForm.Time => Reference(Meta + "Time"),
            ValueForm.MicroTime => Reference(Meta + "MicroTime"),
            ValueForm.Bool => Plain("boolean"),
            ValueForm.Int32 => Plain("integer", "int32"),
            ValueForm.Int64 => Plain("integer", "int64"),
            ValueForm.Bytes => Plain("string", "byte"),
            ValueForm.Any => Plain("object"),
            _ => Plain("string"),
        };
        if (field.Choices.Length > 0) schema["enum"] = new JsonArray([.. field.Choices.Select(choice => (JsonNode)choice)]);
        return schema;
    }

    /// <summary>Group, version and kind as the extension has them.</summary>
    public static JsonObject KindOf(SchemaType type, string kind) =>
        new() { ["group"] = type.Group == "core" ? "" : type.Group, ["version"] = type.Version, ["kind"] = kind };

    private JsonObject Reference(string name) => new() { ["$ref"] = _prefix + name };

    private static JsonObject Plain(string type, string? format = null)
    {
        var schema = new JsonObject { ["type"] = type };
        if (format is not null) schema["format"] = format;
        return schema;
    }

    private static JsonObject Described(string description, JsonObject schema)
    {
        if (description.Length > 0) schema.Insert(0, "description", description);
        return schema;
    }
}
