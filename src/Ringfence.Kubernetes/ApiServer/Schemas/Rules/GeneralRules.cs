using System.Text.Json.Nodes;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>What holds wherever a type appears: values that are one of a few, label selectors.</summary>
internal static class GeneralRules
{
    public static void Check(SchemaType type, JsonObject value, FieldErrorList errors)
    {
        foreach (var field in type.Fields)
            if (field.Name is not ("metadata" or "status") && value[field.Name] is { } inner) Check(field, new JsonField(inner, FieldPath.Root(field.Name)), errors);
    }

    private static void Check(SchemaField field, JsonField value, FieldErrorList errors)
    {
        if (field.Shape == FieldShape.List)
            foreach (var item in value.Items) CheckSingle(field, item, errors);
        else if (field.Shape == FieldShape.Single) CheckSingle(field, value, errors);
    }

    private static void CheckSingle(SchemaField field, JsonField value, FieldErrorList errors)
    {
        if (field.Choices.Length > 0 && value.Text is { Length: > 0 } text && !field.Choices.Contains(text)) errors.NotSupported(value.Path, text, field.Choices);
        if (field.Type is not { } type || value.Value is not JsonObject fields) return;
        if (type.Name == "LabelSelector")
        {
            SelectorRules.Check(value.Selector, value.Path, allowInvalidValues: false, errors);
            return;
        }

        foreach (var (name, inner) in fields)
            if (inner is not null && type.Find(name) is { } innerField && (innerField.Form == ValueForm.Object || innerField.Choices.Length > 0))
                Check(innerField, new JsonField(inner, value.Path.Child(name)), errors);
    }
}
