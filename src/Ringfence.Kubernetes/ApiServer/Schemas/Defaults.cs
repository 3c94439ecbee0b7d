using System.Globalization;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.CustomResources;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>The API server's defaults: what an object is given where it says nothing.</summary>
public static class Defaults
{
    /// <summary>
    /// Fills in the defaults of a kind, in place: those of the schema text and those that depend on other fields. Applying it again changes nothing.
    /// </summary>
    /// <param name="type">The kind.</param>
    /// <param name="value">The object; a field of the wrong type stays as it is.</param>
    public static void Apply(ResourceType type, JsonObject value)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(value);
        if (type.Custom is { } custom)
        {
            CustomDefaults.Apply(custom.Schema, value);
            return;
        }

        if (type == Definition.Kind) Definition.NameFully(value);
        Fill(SchemaCatalog.Of(type), value);
    }

    private static void Fill(SchemaType type, JsonObject value)
    {
        DefaultRules.Apply(type, value);
        foreach (var field in type.Fields)
        {
            var inner = value[field.Name];
            if (inner is null)
            {
                if (field.Default is null) continue;
                value[field.Name] = inner = Parse(field, field.Default);
            }

            if (field.Type is not { } innerType) continue;
            if (inner is JsonArray list && field.Shape == FieldShape.List)
                foreach (var entry in list.OfType<JsonObject>()) Fill(innerType, entry);
            else if (inner is JsonObject single && field.Shape == FieldShape.Single) Fill(innerType, single);
        }
    }

    private static JsonNode Parse(SchemaField field, string text) => field.Form switch
    {
        ValueForm.Object => new JsonObject(),
        ValueForm.Bool => JsonValue.Create(text == "true"),
        ValueForm.Int32 or ValueForm.Int64 => JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture)),
        ValueForm.IntOrString when int.TryParse(text, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(text.Trim('"')),
    };
}
