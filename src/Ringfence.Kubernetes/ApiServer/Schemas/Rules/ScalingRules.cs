using System.Text.Json.Nodes;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>The rules for what changes the number of pods, for budgets of disruption, and for classes of pods.</summary>
/// <remarks>pkg/apis/autoscaling, policy, scheduling and node, each in validation/validation.go</remarks>
internal static class ScalingRules
{
    public static void CheckAutoscaler(JsonField spec, FieldErrorList errors)
    {
        var (least, most) = (spec["minReplicas"].Number ?? 1, spec["maxReplicas"].Number ?? 0);
        if (least < 1) errors.Invalid(spec["minReplicas"].Path, (int)least, "must be greater than or equal to 1");
        if (most < 1) errors.Invalid(spec["maxReplicas"].Path, (int)most, "must be greater than 0");
        if (most < least) errors.Invalid(spec["maxReplicas"].Path, (int)most, "must be greater than or equal to `minReplicas`");
        foreach (var field in (string[])["kind", "name"])
            if (spec["scaleTargetRef"][field].Text.Length == 0) errors.Required(spec["scaleTargetRef"][field].Path, "");
        foreach (var metric in spec["metrics"].Items)
        {
            var source = metric["type"].Text switch
            {
                "ContainerResource" => "containerResource",
                "External" => "external",
                "Object" => "object",
                "Pods" => "pods",
                "Resource" => "resource",
                _ => "",
            };
            if (source.Length == 0)
            {
                if (metric["type"].Text.Length == 0) errors.Required(metric["type"].Path, "must specify a metric source type");
                continue;
            }

            if (!metric[source].Exists) errors.Required(metric[source].Path, "must populate information for the given metric source");
            else if (metric[source]["target"]["type"].Text.Length == 0) errors.Required(metric[source]["target"]["type"].Path, "must specify a metric target type");
        }
    }

    public static void CheckBudget(JsonField spec, FieldErrorList errors)
    {
        if (spec["minAvailable"].Exists && spec["maxUnavailable"].Exists)
            errors.InvalidJson(spec.Path, spec.Value!.ToJsonString(), "minAvailable and maxUnavailable cannot be both set");
        foreach (var field in (string[])["minAvailable", "maxUnavailable"])
        {
            var amount = spec[field];
            if (amount.Number < 0) errors.Invalid(amount.Path, (int)amount.Number.Value, "must be greater than or equal to 0");
            else if (amount is { Exists: true, Number: null } && !IsPercentage(amount.Text))
                errors.Invalid(amount.Path, amount.Text, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
            else if (amount is { Exists: true, Number: null } && (amount.Text.Length > 4 || int.Parse(amount.Text[..^1]) > 100))
                errors.Invalid(amount.Path, amount.Text, "must not be greater than 100%");
        }
    }

    public static void CheckPriority(JsonObject value, JsonObject? old, FieldErrorList errors)
    {
        const int mostForPeople = 1_000_000_000;
        var amount = JsonField.Of(value, "value");
        if (amount.Number > mostForPeople) errors.Forbidden(amount.Path, $"maximum allowed value of a user defined priority is {mostForPeople}");
        if (JsonField.Of(value, "metadata")["name"].Text.StartsWith("system-", StringComparison.Ordinal))
            errors.Forbidden(FieldPath.Root("metadata").Child("name"), "priority class names with 'system-' prefix are reserved for system use only");
        if (old is null) return;
        if ((amount.Number ?? 0) != (JsonField.Of(old, "value").Number ?? 0)) errors.Forbidden(amount.Path, "may not be changed in an update.");
        if (!JsonNode.DeepEquals(value["preemptionPolicy"], old["preemptionPolicy"])) errors.Invalid(FieldPath.Root("preemptionPolicy"), JsonField.Of(value, "preemptionPolicy").Text, "field is immutable");
    }

    public static void CheckRuntime(JsonObject value, JsonObject? old, FieldErrorList errors)
    {
        var handler = JsonField.Of(value, "handler");
        errors.Invalid(handler.Path, handler.Text, NameFormat.DnsLabel(handler.Text));
        if (old is not null && handler.Text != JsonField.Of(old, "handler").Text) errors.Invalid(handler.Path, handler.Text, "field is immutable");
    }

    private static bool IsPercentage(string text) => text.Length > 1 && text[^1] == '%' && !text.AsSpan(0, text.Length - 1).ContainsAnyExceptInRange('0', '9');
}
