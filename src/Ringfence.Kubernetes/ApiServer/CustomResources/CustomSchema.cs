using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringfence.Kubernetes.ApiServer.Objects;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>
/// A schema of a custom resource definition, read for use: what a value may be, which of its fields are kept, and what is filled in. What it does not
/// understand is left out of account; <see cref="SchemaRules"/> says what a definition may have.
/// </summary>
/// <remarks>https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema</remarks>
internal sealed class CustomSchema
{
    /// <summary><c>object</c>, <c>array</c>, <c>string</c>, <c>integer</c>, <c>number</c> or <c>boolean</c>; empty where it may be any.</summary>
    public string Type { get; private init; } = "";

    public bool IsNullable { get; private init; }

    public bool IsIntOrString { get; private init; }

    /// <summary>Whether fields that it does not name stay.</summary>
    public bool KeepsUnknown { get; private init; }

    /// <summary>Whether it is an object with <c>apiVersion</c>, <c>kind</c> and <c>metadata</c>.</summary>
    public bool IsEmbedded { get; private init; }

    public FrozenDictionary<string, CustomSchema> Properties { get; private init; } = FrozenDictionary<string, CustomSchema>.Empty;

    /// <summary>The names of the properties that have a default.</summary>
    public ImmutableArray<string> Defaulted { get; private init; } = [];

    /// <summary>The schema of a list's entries.</summary>
    public CustomSchema? Items { get; private init; }

    /// <summary>Whether keys of any name are taken.</summary>
    public bool IsMap { get; private init; }

    /// <summary>The schema of a map's values; null where nothing is said of them.</summary>
    public CustomSchema? Values { get; private init; }

    /// <summary>What is filled in where nothing is said; null for nothing.</summary>
    public JsonNode? Default { get; private init; }

    /// <summary>Of how many values the default consists.</summary>
    public int DefaultSize { get; private init; }

    public ImmutableArray<string> Required { get; private init; } = [];

    /// <summary>The values that it may have; empty where any will do.</summary>
    public ImmutableArray<JsonNode?> Choices { get; private init; } = [];

    /// <summary>Those of them that are texts.</summary>
    public FrozenSet<string> ChoiceTexts { get; private init; } = FrozenSet<string>.Empty;

    /// <summary><c>atomic</c>, <c>set</c> or <c>map</c>; empty for atomic.</summary>
    public string ListType { get; private init; } = "";

    /// <summary>The fields that tell the entries of a map list apart.</summary>
    public ImmutableArray<string> ListKeys { get; private init; } = [];

    public string Format { get; private init; } = "";

    /// <summary>What texts must match, as the definition has it; empty for anything.</summary>
    public string PatternText { get; private init; } = "";

    /// <summary>The same, read when it is first needed; null for anything.</summary>
    public Regex? Pattern => PatternText.Length == 0 ? null : field ??= GoPattern.TryRead(PatternText, out _);

    public double? Minimum { get; private init; }

    public double? Maximum { get; private init; }

    /// <summary>Whether <see cref="Minimum"/> itself is too small.</summary>
    public bool IsAboveMinimum { get; private init; }

    /// <summary>Whether <see cref="Maximum"/> itself is too large.</summary>
    public bool IsBelowMaximum { get; private init; }

    public double? MultipleOf { get; private init; }

    public long? MinLength { get; private init; }

    public long? MaxLength { get; private init; }

    public long? MinItems { get; private init; }

    public long? MaxItems { get; private init; }

    public long? MinProperties { get; private init; }

    public long? MaxProperties { get; private init; }

    public ImmutableArray<CustomSchema> AllOf { get; private init; } = [];

    public ImmutableArray<CustomSchema> AnyOf { get; private init; } = [];

    public ImmutableArray<CustomSchema> OneOf { get; private init; } = [];

    public CustomSchema? Not { get; private init; }

    /// <summary>Reads a schema.</summary>
    /// <param name="json">An <c>openAPIV3Schema</c>; what is of the wrong type in it counts as absent.</param>
    public static CustomSchema Read(JsonObject? json)
    {
        if (json is null) return new CustomSchema { KeepsUnknown = true };
        var values = json["additionalProperties"];
        var properties = json["properties"] as JsonObject ?? [];
        ImmutableArray<JsonNode?> choices = json["enum"] is JsonArray list ? [.. list.Select(choice => choice?.DeepClone())] : [];
        return new CustomSchema
        {
            Type = json.Text("type"),
            IsNullable = IsTrue(json, "nullable"),
            IsIntOrString = IsTrue(json, SchemaWords.IntOrString),
            KeepsUnknown = IsTrue(json, SchemaWords.PreserveUnknownFields),
            IsEmbedded = IsTrue(json, SchemaWords.EmbeddedResource),
            Properties = properties.ToFrozenDictionary(pair => pair.Key, pair => Read(pair.Value as JsonObject)),
            Defaulted = [.. properties.Where(pair => (pair.Value as JsonObject)?["default"] is not null).Select(pair => pair.Key)],
            Items = json["items"] is JsonObject items ? Read(items) : null,
            IsMap = values is JsonObject || IsTrue(json, "additionalProperties"),
            Values = values is JsonObject named ? Read(named) : null,
            Default = json["default"]?.DeepClone(),
            DefaultSize = json["default"] is { } filled ? JsonValues.Measure(filled).Count : 0,
            Required = [.. json.Texts("required")],
            Choices = choices,
            ChoiceTexts = choices.Select(JsonValues.AsText).OfType<string>().ToFrozenSet(),
            ListType = json.Text(SchemaWords.ListType),
            ListKeys = [.. json.Texts(SchemaWords.ListMapKeys)],
            Format = json.Text("format"),
            PatternText = json.Text("pattern"),
            Minimum = Real(json["minimum"]),
            Maximum = Real(json["maximum"]),
            IsAboveMinimum = IsTrue(json, "exclusiveMinimum"),
            IsBelowMaximum = IsTrue(json, "exclusiveMaximum"),
            MultipleOf = Real(json["multipleOf"]),
            MinLength = json.Number("minLength"),
            MaxLength = json.Number("maxLength"),
            MinItems = json.Number("minItems"),
            MaxItems = json.Number("maxItems"),
            MinProperties = json.Number("minProperties"),
            MaxProperties = json.Number("maxProperties"),
            AllOf = Several(json["allOf"]),
            AnyOf = Several(json["anyOf"]),
            OneOf = Several(json["oneOf"]),
            Not = json["not"] is JsonObject not ? Read(not) : null,
        };
    }

    /// <summary>A number of JSON; null where the value is something else.</summary>
    public static double? Real(JsonNode? value) =>
        value is not JsonValue number || number.GetValueKind() != System.Text.Json.JsonValueKind.Number ? null
        : number.TryGetValue(out long whole) ? whole
        : number.TryGetValue(out double real) ? real
        : double.TryParse(number.ToJsonString(), out var read) ? read : null;

    private static ImmutableArray<CustomSchema> Several(JsonNode? list) => list is JsonArray schemas ? [.. schemas.OfType<JsonObject>().Select(Read)] : [];

    private static bool IsTrue(JsonObject json, string field) => json[field] is JsonValue flag && flag.TryGetValue(out bool isTrue) && isTrue;
}

/// <summary>The words by which Kubernetes extends schemas.</summary>
internal static class SchemaWords
{
    public const string PreserveUnknownFields = "x-kubernetes-preserve-unknown-fields";
    public const string IntOrString = "x-kubernetes-int-or-string";
    public const string EmbeddedResource = "x-kubernetes-embedded-resource";
    public const string ListType = "x-kubernetes-list-type";
    public const string ListMapKeys = "x-kubernetes-list-map-keys";
    public const string MapType = "x-kubernetes-map-type";
    public const string Validations = "x-kubernetes-validations";

    /// <summary>The fields that every object has.</summary>
    public static bool IsOfEveryObject(string field) => field is "apiVersion" or "kind" or "metadata";
}
