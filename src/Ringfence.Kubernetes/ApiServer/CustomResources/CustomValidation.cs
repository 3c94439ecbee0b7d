using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringfence.Model;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>Judges a custom resource by its schema, in the API server's words.</summary>
/// <remarks>https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation</remarks>
internal sealed class CustomValidation
{
    // Schemas with many choices within choices must not make a request endless.
    private const int MostSteps = 1_000_000;
    private const int CharactersOfAStep = 100;
    private const int MostErrors = 100;
    private const string Nowhere = "<nil>";

    private readonly Budget _budget;
    private readonly List<FieldError> _errors = [];

    private CustomValidation(Budget budget) => _budget = budget;

    /// <summary>What is wrong with a value, field by field; empty for a valid one.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="value">The value, with its defaults.</param>
    /// <param name="path">Where it stands; null for a whole object.</param>
    public static ImmutableArray<FieldError> Check(CustomSchema schema, JsonNode? value, FieldPath? path = null)
    {
        var validation = new CustomValidation(new Budget());
        validation.Judge(schema, value, path);
        if (validation._budget.Steps < 0) validation.Invalid(path, "\"\"", "the schema is too complex to judge a value of this size");
        return [.. validation._errors];
    }

    /// <summary>What is wrong with an object that replaces another one: wrong values that stand there already may stay.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="value">The object, with its defaults.</param>
    /// <param name="old">What it replaces; null where it is new.</param>
    /// <remarks>https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-ratcheting</remarks>
    public static ImmutableArray<FieldError> Check(CustomSchema schema, JsonObject value, JsonObject? old)
    {
        var found = Check(schema, value);
        return found.IsEmpty || old is null ? found : found.RemoveRange(Check(schema, old).Where(error => error.Value is not null && error.Field != Nowhere));
    }

    private void Judge(CustomSchema schema, JsonNode? value, FieldPath? path)
    {
        if (_errors.Count >= MostErrors) return;
        if (_budget.Steps < 0 || --_budget.Steps < 0) return;
        if (value is null && schema.IsNullable) return;
        JudgeType(schema, value, path);
        JudgeAlternatives(schema, value, path);
        switch (value)
        {
            case JsonObject fields:
                JudgeFields(schema, fields, path);
                break;
            case JsonArray list:
                JudgeItems(schema, list, path);
                break;
            case JsonValue single when single.GetValueKind() == JsonValueKind.String:
                JudgeText(schema, JsonValues.AsText(single) ?? "", path);
                break;
            case JsonValue single when CustomSchema.Real(single) is { } number:
                JudgeNumber(schema, single, number, path);
                break;
        }

        if (!schema.Choices.IsEmpty && !IsChoice(schema, value))
        {
            var supported = schema.Choices.Select(choice => GoText.Quote(JsonValues.AsText(choice) ?? choice?.ToJsonString() ?? "null"));
            Add(FieldErrorType.FieldValueNotSupported, path, Written(value), $"supported values: {string.Join(", ", supported)}");
        }
    }

    private bool IsChoice(CustomSchema schema, JsonNode? value)
    {
        if (JsonValues.AsText(value) is { } text) return schema.ChoiceTexts.Contains(text);
        _budget.Steps -= schema.Choices.Length;
        return schema.Choices.Any(choice => JsonValues.AreEqual(choice, value));
    }

    private void JudgeType(CustomSchema schema, JsonNode? value, FieldPath? path)
    {
        var found = value?.GetValueKind() switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Number => CustomSchema.Real(value) is { } number && number == Math.Truncate(number) && Math.Abs(number) < 1e18 ? "integer" : "number",
            _ => "null",
        };
        var wanted = schema.IsIntOrString ? "integer,string" : schema.Type;
        var fits = wanted.Length == 0 || wanted == found || (wanted == "number" && found == "integer") || (schema.IsIntOrString && found is "integer" or "string");
        // Without a type, null is nothing that anybody asked for.
        if (!fits) Add(FieldErrorType.FieldValueTypeInvalid, path, $"\"{found}\"", $"{Named(path)} in body must be of type {wanted}: \"{found}\"");
    }

    private void JudgeFields(CustomSchema schema, JsonObject fields, FieldPath? path)
    {
        foreach (var name in schema.Required)
            if (!fields.ContainsKey(name)) Add(FieldErrorType.FieldValueRequired, Below(path, name), null, "");
        if (schema.MinProperties > fields.Count) Invalid(path, fields.Count.ToString(CultureInfo.InvariantCulture), $"{Named(path)} in body should have at least {schema.MinProperties} properties");
        if (schema.MaxProperties < fields.Count) TooMany(path, fields.Count, schema.MaxProperties.Value);
        if (schema.IsEmbedded)
        {
            foreach (var name in (string[])["apiVersion", "kind"])
                if (string.IsNullOrEmpty(JsonValues.AsText(fields[name]))) Add(FieldErrorType.FieldValueRequired, Below(path, name), null, "must not be empty");
        }

        foreach (var (name, value) in fields)
        {
            if (schema.Properties.TryGetValue(name, out var known)) Judge(known, value, Below(path, name));
            else if (schema.Values is { } values) Judge(values, value, Below(path, name));
        }
    }

    private void JudgeItems(CustomSchema schema, JsonArray list, FieldPath? path)
    {
        if (schema.MinItems > list.Count) Invalid(path, list.Count.ToString(CultureInfo.InvariantCulture), $"{Named(path)} in body should have at least {schema.MinItems} items");
        if (schema.MaxItems < list.Count) TooMany(path, list.Count, schema.MaxItems.Value);
        if (schema.ListType is "set" or "map") JudgeDuplicates(schema, list, path);
        if (schema.Items is not { } items) return;
        for (var i = 0; i < list.Count; i++) Judge(items, list[i], At(path, i));
    }

    private void JudgeDuplicates(CustomSchema schema, JsonArray list, FieldPath? path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < list.Count; i++)
        {
            var key = schema.ListType == "set" ? list[i]?.ToJsonString() ?? "null" : KeyOf(schema, list[i] as JsonObject);
            if (!seen.Add(key)) Add(FieldErrorType.FieldValueDuplicate, At(path, i), schema.ListType == "set" ? Written(list[i]) : key, "");
        }
    }

    private static string KeyOf(CustomSchema schema, JsonObject? entry) =>
        $"{{{string.Join(',', schema.ListKeys.Order(StringComparer.Ordinal).Where(key => entry?[key] is not null).Select(key => $"{GoText.Json(key)}:{entry![key]!.ToJsonString()}"))}}}";

    private void JudgeText(CustomSchema schema, string text, FieldPath? path)
    {
        if (schema.MinLength is not null || schema.MaxLength is not null)
        {
            var length = text.EnumerateRunes().Count();
            if (schema.MinLength > length) Invalid(path, GoText.Quote(text), $"{Named(path)} in body should be at least {schema.MinLength} chars long");
            if (schema.MaxLength < length) Add(FieldErrorType.FieldValueTooLong, path, null, $"may not be more than {schema.MaxLength} {(schema.MaxLength == 1 ? "byte" : "bytes")}");
        }

        // A long text is as much work as many short ones.
        _budget.Steps -= text.Length / CharactersOfAStep;
        if (schema.Pattern is { } pattern && !pattern.IsMatch(text)) Invalid(path, GoText.Quote(text), $"{Named(path)} in body should match '{schema.PatternText}'");
        if (schema.Format.Length > 0 && !CustomFormats.Matches(schema.Format, text))
            Add(FieldErrorType.FieldValueTypeInvalid, path, GoText.Quote(text), $"{Named(path)} in body must be of type {schema.Format}: {GoText.Quote(text)}");
    }

    private void JudgeNumber(CustomSchema schema, JsonValue value, double number, FieldPath? path)
    {
        if (schema.Minimum is { } least && (schema.IsAboveMinimum ? number <= least : number < least))
            Invalid(path, value.ToJsonString(), $"{Named(path)} in body should be greater than {(schema.IsAboveMinimum ? "" : "or equal to ")}{least}");
        if (schema.Maximum is { } most && (schema.IsBelowMaximum ? number >= most : number > most))
            Invalid(path, value.ToJsonString(), $"{Named(path)} in body should be less than {(schema.IsBelowMaximum ? "" : "or equal to ")}{most}");
        if (schema.MultipleOf is > 0 and var factor && Math.Abs((number / factor) - Math.Round(number / factor)) > 1e-9)
            Invalid(path, value.ToJsonString(), $"{Named(path)} in body should be a multiple of {factor}");
    }

    // What is said of a whole alternative has no place of its own.
    private void JudgeAlternatives(CustomSchema schema, JsonNode? value, FieldPath? path)
    {
        if (!schema.AllOf.IsEmpty)
        {
            var failures = schema.AllOf.Select(each => Try(each, value, path)).Where(failures => failures.Count > 0).ToList();
            _errors.AddRange(failures.SelectMany(each => each));
            if (failures.Count > 0) Invalid(null, "\"\"", $"\"{Named(path)}\" must validate all the schemas (allOf)");
        }

        if (!schema.AnyOf.IsEmpty)
        {
            List<FieldError>? best = null;
            foreach (var each in schema.AnyOf)
            {
                var failures = Try(each, value, path);
                if (best is null || failures.Count < best.Count) best = failures;
                if (failures.Count == 0) break;
            }

            if (best!.Count > 0)
            {
                Invalid(null, "\"\"", $"\"{Named(path)}\" must validate at least one schema (anyOf)");
                _errors.AddRange(best);
            }
        }

        if (!schema.OneOf.IsEmpty)
        {
            var all = schema.OneOf.Select(each => Try(each, value, path)).ToList();
            var valid = all.Count(failures => failures.Count == 0);
            if (valid != 1) Invalid(null, "\"\"", $"\"{Named(path)}\" must validate one and only one schema (oneOf). {(valid == 0 ? "Found none valid" : $"Found {valid} valid alternatives")}");
            if (valid == 0) _errors.AddRange(all.MinBy(failures => failures.Count)!);
        }

        if (schema.Not is { } not && Try(not, value, path).Count == 0) Invalid(null, "\"\"", $"\"{Named(path)}\" must not validate the schema (not)");
    }

    private List<FieldError> Try(CustomSchema schema, JsonNode? value, FieldPath? path)
    {
        var attempt = new CustomValidation(_budget);
        attempt.Judge(schema, value, path);
        return attempt._errors;
    }

    /// <summary>A value as the API server writes it.</summary>
    private static string Written(JsonNode? value) => JsonValues.AsText(value) is { } text ? GoText.Quote(text) : value?.ToJsonString() ?? "null";

    private void TooMany(FieldPath? path, int count, long most) =>
        Add(FieldErrorType.FieldValueTooMany, path, count.ToString(CultureInfo.InvariantCulture), $"must have at most {most} {(most == 1 ? "item" : "items")}");

    private void Invalid(FieldPath? path, string value, string message) => Add(FieldErrorType.FieldValueInvalid, path, value, message);

    private void Add(FieldErrorType type, FieldPath? path, string? value, string message) =>
        _errors.Add(new FieldError(type, path?.ToString() ?? Nowhere, value, message));

    private static string Named(FieldPath? path) => path?.ToString() ?? "";

    private static FieldPath Below(FieldPath? path, string name) => path?.Child(name) ?? FieldPath.Root(name);

    private static FieldPath At(FieldPath? path, int index) => (path ?? FieldPath.Root("")).Index(index);

    private sealed class Budget
    {
        public int Steps { get; set; } = MostSteps;
    }
}
