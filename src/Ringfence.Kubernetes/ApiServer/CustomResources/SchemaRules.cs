using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>The rules for the schemas of definitions: structural, so that it is known of each field what it is.</summary>
/// <remarks>https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema</remarks>
internal static class SchemaRules
{
    private const int MostErrors = 50;

    private static readonly ResourceType s_default = new("", "", "default", "", IsNamespaced: false);
    private static readonly string[] s_types = ["array", "boolean", "integer", "number", "object", "string"];
    private static readonly string[] s_unknown = ["$ref", "$schema", "additionalItems", "definitions", "dependencies", "id", "patternProperties"];
    private static readonly string[] s_alternatives = ["allOf", "anyOf", "oneOf"];

    // What only the schema itself may say, not its alternatives.
    private static readonly string[] s_structural =
    [
        "additionalProperties", "default", "description", "nullable", "title", "type", SchemaWords.EmbeddedResource, SchemaWords.IntOrString, SchemaWords.ListMapKeys,
        SchemaWords.ListType, SchemaWords.MapType, SchemaWords.PreserveUnknownFields,
    ];

    /// <summary>Judges the schema of a version.</summary>
    public static void Check(JsonField root, FieldErrorList errors)
    {
        if (root["type"].Text.Length == 0) errors.Required(root["type"].Path, "must not be empty at the root");
        else if (root["type"].Text != "object") errors.Invalid(root["type"].Path, root["type"].Text, "must be object at the root");
        var metadata = new JsonField((root["properties"].Value as JsonObject)?["metadata"], root["properties"].Path.Key("metadata"));
        if (metadata.Value is JsonObject fields
            && (fields.Any(field => field.Key is not ("type" or "properties" or "description"))
                || (fields["properties"] as JsonObject ?? []).Any(field => field.Key is not ("name" or "generateName"))))
            errors.Forbidden(metadata.Path, "must not specify anything other than name and generateName, but metadata is implicitly specified");
        CheckStructure(root, errors);
    }

    private static void CheckStructure(JsonField schema, FieldErrorList errors)
    {
        if (errors.Count >= MostErrors) return;
        CheckWords(schema, errors);
        CheckType(schema, errors);
        CheckList(schema, errors);
        foreach (var (name, inner) in Properties(schema))
        {
            if (!HasType(inner)) errors.Required(inner["type"].Path, "must not be empty for specified object fields");
            CheckStructure(inner, errors);
        }

        if (schema["items"].Value is JsonObject)
        {
            if (!HasType(schema["items"])) errors.Required(schema["items"]["type"].Path, "must not be empty for specified array items");
            CheckStructure(schema["items"], errors);
        }

        if (schema["additionalProperties"].Value is JsonObject)
        {
            if (!HasType(schema["additionalProperties"])) errors.Required(schema["additionalProperties"]["type"].Path, "must not be empty for specified object fields");
            CheckStructure(schema["additionalProperties"], errors);
        }

        foreach (var alternative in Alternatives(schema)) CheckAlternative(alternative, schema, errors);
        CheckDefault(schema, errors);
    }

    private static void CheckWords(JsonField schema, FieldErrorList errors)
    {
        foreach (var word in s_unknown)
            if (schema[word].Exists) errors.Forbidden(schema[word].Path, $"{word} is not supported");
        if (schema["uniqueItems"].IsTrue) errors.Forbidden(schema["uniqueItems"].Path, "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        var values = schema["additionalProperties"];
        if (values.Value?.GetValueKind() == JsonValueKind.False) errors.Forbidden(values.Path, "additionalProperties cannot be set to false");
        if (values.Exists && Properties(schema).Any()) errors.Forbidden(values.Path, "additionalProperties and properties are mutual exclusive");
        if (schema["items"].Value is JsonArray) errors.Forbidden(schema["items"].Path, "items must be a schema object and not an array");
        if (schema["pattern"].Text is { Length: > 0 } pattern && GoPattern.TryRead(pattern, out var fault) is null)
            errors.Invalid(schema["pattern"].Path, pattern, $"must be a valid regular expression, but isn't: {fault}");
        var keeps = schema[SchemaWords.PreserveUnknownFields];
        if (keeps.Value?.GetValueKind() == JsonValueKind.False) errors.InvalidJson(keeps.Path, "false", "must be true or undefined");
    }

    private static void CheckType(JsonField schema, FieldErrorList errors)
    {
        var type = schema["type"];
        if (type.Text.Length > 0 && !s_types.Contains(type.Text)) errors.NotSupported(type.Path, type.Text, s_types);
        if (schema[SchemaWords.IntOrString].IsTrue && type.Text.Length > 0) errors.Invalid(type.Path, type.Text, "must be empty if x-kubernetes-int-or-string is true");
        if (type.Text == "array" && schema["items"].Value is not JsonObject) errors.Required(schema["items"].Path, "must be specified");
        if (!schema[SchemaWords.EmbeddedResource].IsTrue) return;
        if (type.Text != "object") errors.Invalid(type.Path, type.Text, "must be object if x-kubernetes-embedded-resource is true");
        if (!Properties(schema).Any() && !schema[SchemaWords.PreserveUnknownFields].IsTrue)
            errors.Required(schema["properties"].Path, "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields");
    }

    private static void CheckList(JsonField schema, FieldErrorList errors)
    {
        var (list, keys, map) = (schema[SchemaWords.ListType], schema[SchemaWords.ListMapKeys], schema[SchemaWords.MapType]);
        if (map.Text.Length > 0 && map.Text is not ("atomic" or "granular")) errors.NotSupported(map.Path, map.Text, ["atomic", "granular"]);
        if (map.Text.Length > 0 && schema["type"].Text != "object") errors.Invalid(schema["type"].Path, schema["type"].Text, "must be object if x-kubernetes-map-type is specified");
        if (list.Text.Length > 0 && list.Text is not ("atomic" or "set" or "map")) errors.NotSupported(list.Path, list.Text, ["atomic", "map", "set"]);
        if (list.Text.Length > 0 && schema["type"].Text != "array") errors.Invalid(schema["type"].Path, schema["type"].Text, "must be array if x-kubernetes-list-type is specified");
        if (keys.Count > 0 && list.Text != "map") errors.Invalid(list.Path, list.Text, "must be map if x-kubernetes-list-map-keys is non-empty");
        if (list.Text != "map") return;
        if (keys.Count == 0) errors.Required(keys.Path, "must not be empty if x-kubernetes-list-type is map");
        var items = schema["items"];
        if (items["type"].Text != "object") errors.Invalid(items["type"].Path, items["type"].Text, "must be object if parent array's x-kubernetes-list-type is map");
        var required = items["required"].Items.Select(field => field.Text).ToHashSet();
        foreach (var key in keys.Items)
        {
            var property = Properties(items).FirstOrDefault(pair => pair.Name == key.Text).Schema;
            if (property.Value is null) errors.Invalid(key.Path, key.Text, "entries must all be names of item properties");
            else if (!required.Contains(key.Text) && !property["default"].Exists)
                errors.Required(property["default"].Path, "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
        }
    }

    /// <summary>Judges a schema in <c>allOf</c> and the like: it says more of fields that are there already.</summary>
    private static void CheckAlternative(JsonField alternative, JsonField schema, FieldErrorList errors)
    {
        if (errors.Count >= MostErrors) return;
        CheckWords(alternative, errors);
        // A number or a text may be said in this way, too.
        foreach (var word in s_structural)
            if (alternative[word].Exists && !(word == "type" && schema[SchemaWords.IntOrString].IsTrue)) errors.Forbidden(alternative[word].Path, "must be empty to be structural");
        var known = Properties(schema).ToDictionary(pair => pair.Name, pair => pair.Schema);
        foreach (var (name, inner) in Properties(alternative))
        {
            if (known.TryGetValue(name, out var outer)) CheckAlternative(inner, outer, errors);
            else if (schema["additionalProperties"].Value is JsonObject) CheckAlternative(inner, schema["additionalProperties"], errors);
            else errors.Required(schema["properties"].Path.Key(name), $"because it is defined in {inner.Path}");
        }

        if (alternative["items"].Value is JsonObject)
        {
            if (schema["items"].Value is JsonObject) CheckAlternative(alternative["items"], schema["items"], errors);
            else errors.Required(schema["items"].Path, $"because it is defined in {alternative["items"].Path}");
        }

        foreach (var inner in Alternatives(alternative)) CheckAlternative(inner, schema, errors);
    }

    private static void CheckDefault(JsonField schema, FieldErrorList errors)
    {
        if (schema["default"].Value is not { } value) return;
        var read = CustomSchema.Read((JsonObject)schema.Value!);
        foreach (var error in CustomValidation.Check(read, value, schema["default"].Path)) errors.Add(error);
        if (value is not JsonObject || read.KeepsUnknown) return;
        try
        {
            CustomReader.Read(Encoding.UTF8.GetBytes(value.ToJsonString()), s_default, read, out var faults);
            if (faults.Any(fault => fault.StartsWith("unknown", StringComparison.Ordinal))) errors.InvalidJson(schema["default"].Path, value.ToJsonString(), $"must not have unknown fields: {string.Join(", ", faults)}");
        }
        catch (ApiException problem)
        {
            errors.InvalidJson(schema["default"].Path, value.ToJsonString(), problem.Message);
        }
    }

    private static bool HasType(JsonField schema) => schema["type"].Text.Length > 0 || schema[SchemaWords.IntOrString].IsTrue || schema[SchemaWords.PreserveUnknownFields].IsTrue;

    private static IEnumerable<JsonField> Alternatives(JsonField schema)
    {
        foreach (var word in s_alternatives)
            foreach (var each in schema[word].Items) yield return each;
        if (schema["not"].Value is JsonObject) yield return schema["not"];
    }

    private static IEnumerable<(string Name, JsonField Schema)> Properties(JsonField schema) =>
        (schema["properties"].Value as JsonObject ?? []).Where(pair => pair.Value is JsonObject).Select(pair => (pair.Key, new JsonField(pair.Value, schema["properties"].Path.Key(pair.Key))));
}
