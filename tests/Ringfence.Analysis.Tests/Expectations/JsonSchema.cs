using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ringfence.Analysis.Tests.Expectations;

/// <summary>Validates by JSON Schema draft 7, as far as the schema of expectations uses it; a keyword that is not known is an error.</summary>
internal sealed class JsonSchema(JsonElement root)
{
    public bool Accepts(JsonElement value) => Accepts(root, value);

    private bool Accepts(JsonElement schema, JsonElement value) => schema.EnumerateObject().All(keyword => keyword.Name switch
    {
        "$schema" or "title" or "description" or "definitions" => true,
        "$ref" => Accepts(root.GetProperty("definitions").GetProperty(keyword.Value.GetString()!["#/definitions/".Length..]), value),
        "const" => JsonElement.DeepEquals(keyword.Value, value),
        "enum" => keyword.Value.EnumerateArray().Any(item => JsonElement.DeepEquals(item, value)),
        "type" => keyword.Value.ValueKind == JsonValueKind.Array ? keyword.Value.EnumerateArray().Any(type => Is(type.GetString()!, value)) : Is(keyword.Value.GetString()!, value),
        "anyOf" => keyword.Value.EnumerateArray().Any(part => Accepts(part, value)),
        "allOf" => keyword.Value.EnumerateArray().All(part => Accepts(part, value)),
        "not" => !Accepts(keyword.Value, value),
        "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, keyword.Value.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1)),
        "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length >= keyword.Value.GetInt32(),
        "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() >= keyword.Value.GetDouble(),
        "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() <= keyword.Value.GetDouble(),
        "minItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= keyword.Value.GetInt32(),
        "items" => value.ValueKind != JsonValueKind.Array || value.EnumerateArray().All(item => Accepts(keyword.Value, item)),
        "contains" => value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => Accepts(keyword.Value, item)),
        "required" => value.ValueKind != JsonValueKind.Object || keyword.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
        "properties" => value.ValueKind != JsonValueKind.Object || keyword.Value.EnumerateObject().All(field => !value.TryGetProperty(field.Name, out var own) || Accepts(field.Value, own)),
        "additionalProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().All(field =>
            (schema.TryGetProperty("properties", out var known) && known.TryGetProperty(field.Name, out _))
            || (keyword.Value.ValueKind == JsonValueKind.Object && Accepts(keyword.Value, field.Value))),
        _ => throw new NotSupportedException(keyword.Name),
    });

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "null" => value.ValueKind == JsonValueKind.Null,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new NotSupportedException(type),
    };
}
