namespace Ringfence.Model.Policies;

/// <summary>The rules for labels and label selectors.</summary>
/// <remarks>staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go</remarks>
internal static class SelectorRules
{
    public static void Check(SelectorManifest? selector, FieldPath path, bool allowInvalidValues, FieldErrorList errors)
    {
        if (selector is null) return;
        CheckLabels(selector.MatchLabels, path.Child("matchLabels"), errors);
        if (selector.MatchExpressions is null) return;
        var expressions = path.Child("matchExpressions");
        for (var i = 0; i < selector.MatchExpressions.Count; i++)
            CheckExpression(selector.MatchExpressions[i], expressions.Index(i), allowInvalidValues, errors);
    }

    /// <summary>Labels of an object or of <c>matchLabels</c>: keys and values are both reported at the map, in the order of the keys.</summary>
    public static void CheckLabels(IReadOnlyList<KeyValuePair<string, string>>? labels, FieldPath path, FieldErrorList errors)
    {
        if (labels is null) return;
        foreach (var (key, value) in LabelSet.Create(labels))
        {
            errors.Invalid(path, key, NameFormat.LabelKey(key));
            errors.Invalid(path, value, NameFormat.LabelValue(value));
        }
    }

    /// <summary>Whether <see cref="CheckLabels"/> has nothing to say.</summary>
    public static bool AreValid(LabelSet labels)
    {
        foreach (var (key, value) in labels)
            if (!NameFormat.IsLabel(key, value)) return false;
        return true;
    }

    private static void CheckExpression(ExpressionManifest expression, FieldPath path, bool allowInvalidValues, FieldErrorList errors)
    {
        var values = expression.Values ?? [];
        switch (expression.Operator)
        {
            case "In" or "NotIn":
                if (values.Count == 0) errors.Required(path.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                break;
            case "Exists" or "DoesNotExist":
                if (values.Count > 0)
                    errors.Forbidden(path.Child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                break;
            default:
                errors.InvalidJson(path.Child("operator"), GoText.Json(expression.Operator), "not a valid selector operator");
                break;
        }

        errors.Invalid(path.Child("key"), expression.Key, NameFormat.LabelKey(expression.Key));
        if (allowInvalidValues) return;
        for (var i = 0; i < values.Count; i++)
            errors.Invalid(path.Child("values").Index(i), values[i], NameFormat.LabelValue(values[i]));
    }
}
