using System.Globalization;
using System.Text.Json.Nodes;
using Ringfence.Model;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>The rules for Deployments, ReplicaSets, StatefulSets and DaemonSets.</summary>
/// <remarks>pkg/apis/apps/validation/validation.go</remarks>
internal static class WorkloadRules
{
    private static readonly string[] s_freeOfStatefulSet =
        ["minReadySeconds", "ordinals", "persistentVolumeClaimRetentionPolicy", "replicas", "revisionHistoryLimit", "template", "updateStrategy"];

    public static void Check(string kind, JsonField spec, JsonField? old, FieldErrorList errors)
    {
        CheckCounts(spec, errors);
        CheckSelector(kind, spec, errors);
        // A StatefulSet gives its pods a volume for each of its claims: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates
        PodRules.CheckTemplate(spec["template"], errors, spec["volumeClaimTemplates"].Items.Select(claim => claim["metadata"]["name"].Text));
        CheckAlwaysRestarts(kind, spec["template"]["spec"], errors);
        switch (kind)
        {
            case "Deployment":
                CheckRolling(spec["strategy"], errors);
                if (spec["progressDeadlineSeconds"].Number is { } deadline && deadline <= (spec["minReadySeconds"].Number ?? 0))
                    errors.InvalidJson(spec["progressDeadlineSeconds"].Path, $"{deadline}", "must be greater than minReadySeconds");
                break;
            case "DaemonSet":
                CheckRolling(spec["updateStrategy"], errors);
                break;
            case "StatefulSet" when old is { } before && !IsSameButFor(spec, before, s_freeOfStatefulSet):
                errors.Forbidden(
                    spec.Path,
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
                    + "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
                return;
        }

        if (old is { } earlier) CheckImmutable(spec["selector"], earlier["selector"], errors);
    }

    public static void CheckReplicationController(JsonField spec, FieldErrorList errors)
    {
        CheckCounts(spec, errors);
        if (spec["selector"].Texts is not { Length: > 0 } selector) errors.Required(spec["selector"].Path, "");
        else if (spec["template"].Exists && !selector.All(label => Labels(spec["template"]).Contains(label)))
            Mismatch(spec, errors);
        if (!spec["template"].Exists) errors.Required(spec["template"].Path, "");
        else PodRules.CheckTemplate(spec["template"], errors);
    }

    /// <summary>A field that stays as it was made.</summary>
    public static void CheckImmutable(JsonField field, JsonField old, FieldErrorList errors)
    {
        if (!JsonNode.DeepEquals(field.Value, old.Value)) errors.InvalidJson(field.Path, Json(field), "field is immutable");
    }

    private static void CheckCounts(JsonField spec, FieldErrorList errors)
    {
        foreach (var field in new[] { "replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds" })
            PortRange.CheckNotNegative(spec[field], errors);
    }

    private static void CheckSelector(string kind, JsonField spec, FieldErrorList errors)
    {
        var selector = spec["selector"];
        if (selector.Selector is not { } manifest)
        {
            errors.Required(selector.Path, "");
            return;
        }

        if (manifest is { MatchLabels: null or { Count: 0 }, MatchExpressions: null or { Count: 0 } })
            errors.InvalidJson(selector.Path, Json(selector), $"empty selector is invalid for {Word(kind)}");
        else if (!Matches(manifest, Labels(spec["template"])))
            Mismatch(spec, errors);
    }

    private static void Mismatch(JsonField spec, FieldErrorList errors)
    {
        var labels = spec["template"]["metadata"]["labels"];
        errors.InvalidJson(labels.Path, Json(labels), "`selector` does not match template `labels`");
    }

    private static void CheckAlwaysRestarts(string kind, JsonField pod, FieldErrorList errors)
    {
        if (pod["restartPolicy"].Text is not ("" or "Always") and var policy) errors.NotSupported(pod["restartPolicy"].Path, policy, ["Always"]);
        if (pod["activeDeadlineSeconds"].Exists) errors.Forbidden(pod["activeDeadlineSeconds"].Path, $"activeDeadlineSeconds in {kind} is not Supported");
    }

    private static void CheckRolling(JsonField strategy, FieldErrorList errors)
    {
        var rolling = strategy["rollingUpdate"];
        if (strategy["type"].Text == "Recreate" && rolling.Exists) errors.Forbidden(rolling.Path, "may not be specified when strategy `type` is 'Recreate'");
        if (strategy["type"].Text is not ("" or "RollingUpdate") || !rolling.Exists) return;
        var unavailable = Share(rolling["maxUnavailable"], errors);
        var surge = Share(rolling["maxSurge"], errors);
        if (unavailable == 0 && surge == 0) errors.InvalidJson(rolling["maxUnavailable"].Path, Json(rolling["maxUnavailable"]), "may not be 0 when `maxSurge` is 0");
    }

    // A number or a percentage.
    private static long? Share(JsonField field, FieldErrorList errors)
    {
        if (!field.Exists) return null;
        if (field.Number is { } number)
        {
            PortRange.CheckNotNegative(field, errors);
            return number;
        }

        if (field.Text.EndsWith('%') && int.TryParse(field.Text.AsSpan(0, field.Text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent))
        {
            if (percent > 100) errors.Invalid(field.Path, field.Text, "must not be greater than 100%");
            return percent;
        }

        errors.Invalid(
            field.Path, field.Text,
            "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
        return null;
    }

    private static bool IsSameButFor(JsonField spec, JsonField old, string[] free)
    {
        if (spec.Value is not JsonObject now || old.Value is not JsonObject before) return false;
        return now.Select(field => field.Key).Union(before.Select(field => field.Key))
            .Where(field => !free.Contains(field))
            .All(field => JsonNode.DeepEquals(now[field], before[field]));
    }

    private static bool Matches(SelectorManifest selector, Dictionary<string, string> labels) =>
        (selector.MatchLabels ?? []).All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value)
        && (selector.MatchExpressions ?? []).All(expression => expression.Operator switch
        {
            "In" => labels.TryGetValue(expression.Key, out var value) && expression.Values?.Contains(value) == true,
            "NotIn" => !labels.TryGetValue(expression.Key, out var value) || expression.Values?.Contains(value) != true,
            "Exists" => labels.ContainsKey(expression.Key),
            "DoesNotExist" => !labels.ContainsKey(expression.Key),
            _ => true, // told already
        });

    private static Dictionary<string, string> Labels(JsonField template) =>
        (template["metadata"]["labels"].Texts ?? []).ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal);

    private static string Json(JsonField field) => field.Value?.ToJsonString() ?? "null";

    private static string Word(string kind) => kind.ToLowerInvariant();
}
