using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>Labels and selectors as text, as kubectl's option <c>-l</c> takes them.</summary>
internal static class LabelText
{
    /// <summary>Labels, or a selector by labels alone: <c>app=web,tier=front</c>.</summary>
    public static string OfLabels(JsonField labels) =>
        labels.Texts is { Length: > 0 } texts
            ? string.Join(',', texts.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}")) : TableRow.None;

    /// <summary>A label selector: <c>app=web,tier in (back,front)</c>.</summary>
    public static string OfSelector(JsonField field)
    {
        if (field.Selector is not { } selector) return TableRow.None;
        var parts = (selector.MatchLabels ?? []).Select(label => (label.Key, Text: $"{label.Key}={label.Value}"))
            .Concat((selector.MatchExpressions ?? []).Select(expression => (expression.Key, Text: expression.Operator switch
            {
                "In" => $"{expression.Key} in ({Values(expression.Values)})",
                "NotIn" => $"{expression.Key} notin ({Values(expression.Values)})",
                "DoesNotExist" => $"!{expression.Key}",
                _ => expression.Key,
            })))
            .OrderBy(part => part.Key, StringComparer.Ordinal)
            .Select(part => part.Text)
            .ToArray();
        return parts.Length == 0 ? TableRow.None : string.Join(',', parts);
    }

    private static string Values(IReadOnlyList<string>? values) => string.Join(',', (values ?? []).Order(StringComparer.Ordinal));
}
