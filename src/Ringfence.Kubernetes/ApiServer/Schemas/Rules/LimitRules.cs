using System.Text.Json.Nodes;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>The rules for quotas and limits of namespaces.</summary>
/// <remarks>ValidateResourceQuota and ValidateLimitRange in pkg/apis/core/validation/validation.go</remarks>
internal static class LimitRules
{
    public static void CheckQuota(JsonField spec, FieldErrorList errors)
    {
        foreach (var (name, text) in spec["hard"].Texts ?? [])
            if (Quantity.TryParse(text, out var amount) && amount < 0) errors.Invalid(spec["hard"].Path.Key(name), text, "must be greater than or equal to 0");
    }

    public static void CheckRange(JsonField spec, FieldErrorList errors)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (var limit in spec["limits"].Items)
        {
            var type = limit["type"];
            if (type.Text.Length == 0) errors.Required(type.Path, "");
            else if (!types.Add(type.Text)) errors.Duplicate(type.Path, type.Text);
            if (type.Text == "Pod")
                foreach (var field in (string[])["default", "defaultRequest"])
                    if (limit[field].Texts is { Length: > 0 }) errors.Forbidden(limit[field].Path, "may not be specified when `type` is 'Pod'");
            foreach (var (lower, upper) in ((string, string)[])[("min", "max"), ("min", "default"), ("min", "defaultRequest"), ("defaultRequest", "default"), ("defaultRequest", "max"), ("default", "max")])
                CheckOrder(limit[lower], lower, limit[upper], upper, errors);
        }
    }

    private static void CheckOrder(JsonField low, string lower, JsonField high, string upper, FieldErrorList errors)
    {
        foreach (var (name, text) in low.Texts ?? [])
            if (Quantity.TryParse(text, out var least) && high[name].Exists && Quantity.TryParse(high[name].Text, out var most) && least > most)
                errors.Invalid(low.Path.Key(name), text, $"{Words(lower)} value {text} is greater than {Words(upper)} value {high[name].Text}");
    }

    private static string Words(string field) => field == "defaultRequest" ? "default request" : field;
}
