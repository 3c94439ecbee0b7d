using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ringfence.Cli.Tests.Sarif;

/// <summary>Checks JSON against a schema (draft 4), as far as SARIF's uses it; a keyword that is not known here fails.</summary>
internal sealed class JsonSchema(JsonElement schema)
{
    private static readonly HashSet<string> Silent = ["$schema", "id", "title", "description", "default", "definitions"];

    /// <summary>SARIF 2.1.0.</summary>
    public static JsonSchema Sarif { get; } = new(JsonDocument.Parse(File.ReadAllText(
        RepositoryRoot.Of("tests", "Ringfence.Cli.Tests", "Sarif", "sarif-2.1.0-rtm.5.json"))).RootElement);

    /// <summary>What is wrong; empty where nothing is.</summary>
    public IReadOnlyList<string> Check(JsonElement value)
    {
        var faults = new List<string>();
        Check(value, schema, "", faults);
        return faults;
    }

    private void Check(JsonElement value, JsonElement rules, string path, List<string> faults)
    {
        foreach (var rule in rules.EnumerateObject())
        {
            var expected = rule.Value;
            switch (rule.Name)
            {
                case "$ref":
                    Check(value, expected.GetString()!.Split('/').Skip(1).Aggregate(schema, (at, name) => at.GetProperty(name)), path, faults);
                    break;
                case "type":
                    var types = expected.ValueKind == JsonValueKind.Array ? expected.EnumerateArray().Select(type => type.GetString()) : [expected.GetString()];
                    Expect(types.Contains(TypeOf(value)) || (types.Contains("number") && TypeOf(value) == "integer"));
                    break;
                case "enum":
                    Expect(expected.EnumerateArray().Any(each => JsonElement.DeepEquals(each, value)));
                    break;
                case "properties" when value.ValueKind == JsonValueKind.Object:
                    foreach (var property in value.EnumerateObject())
                        if (expected.TryGetProperty(property.Name, out var own)) Check(property.Value, own, $"{path}/{property.Name}", faults);
                    break;
                case "additionalProperties" when value.ValueKind == JsonValueKind.Object:
                    foreach (var property in value.EnumerateObject())
                    {
                        if (rules.TryGetProperty("properties", out var known) && known.TryGetProperty(property.Name, out _)) continue;
                        if (expected.ValueKind == JsonValueKind.Object) Check(property.Value, expected, $"{path}/{property.Name}", faults);
                        else Expect(expected.GetBoolean(), $"{property.Name} is not known");
                    }

                    break;
                case "required" when value.ValueKind == JsonValueKind.Object:
                    foreach (var name in expected.EnumerateArray()) Expect(value.TryGetProperty(name.GetString()!, out _), $"{name} is missing");
                    break;
                case "items" when value.ValueKind == JsonValueKind.Array:
                    foreach (var (at, item) in value.EnumerateArray().Index()) Check(item, expected, $"{path}/{at}", faults);
                    break;
                case "minItems" when value.ValueKind == JsonValueKind.Array:
                    Expect(value.GetArrayLength() >= expected.GetInt32());
                    break;
                case "uniqueItems" when value.ValueKind == JsonValueKind.Array && expected.GetBoolean():
                    Expect(value.EnumerateArray().Select(item => item.GetRawText()).Distinct(StringComparer.Ordinal).Count() == value.GetArrayLength());
                    break;
                case "minimum" when value.ValueKind == JsonValueKind.Number:
                    Expect(value.GetDouble() >= expected.GetDouble());
                    break;
                case "maximum" when value.ValueKind == JsonValueKind.Number:
                    Expect(value.GetDouble() <= expected.GetDouble());
                    break;
                case "pattern" when value.ValueKind == JsonValueKind.String:
                    Expect(Regex.IsMatch(value.GetString()!, expected.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(5)));
                    break;
                case "format" when value.ValueKind == JsonValueKind.String:
                    Expect(HasFormat(value.GetString()!, expected.GetString()!));
                    break;
                case "anyOf":
                    Expect(expected.EnumerateArray().Any(each => Fits(value, each)));
                    break;
                case "oneOf":
                    Expect(expected.EnumerateArray().Count(each => Fits(value, each)) == 1);
                    break;
                case "properties" or "additionalProperties" or "required" or "items" or "minItems" or "uniqueItems" or "minimum" or "maximum" or "pattern" or "format":
                    break;
                default:
                    Assert.Contains(rule.Name, Silent);
                    break;
            }

            void Expect(bool holds, string? what = null)
            {
                if (!holds) faults.Add($"{(path.Length == 0 ? "/" : path)}: {what ?? $"{rule.Name} is {expected}"}");
            }
        }
    }

    private bool Fits(JsonElement value, JsonElement rules)
    {
        var faults = new List<string>();
        Check(value, rules, "", faults);
        return faults.Count == 0;
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.Null => "null",
        _ => "boolean",
    };

    private static bool HasFormat(string text, string format) => format switch
    {
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
        "uri-reference" => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out _) && Uri.IsWellFormedUriString(text, UriKind.RelativeOrAbsolute),
        _ => DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _),
    };
}
