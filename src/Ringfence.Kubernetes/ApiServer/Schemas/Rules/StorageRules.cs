using System.Text.Json.Nodes;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>The rules for volumes of the cluster, for claims on them and for their classes.</summary>
/// <remarks>ValidatePersistentVolume and ValidatePersistentVolumeClaim in pkg/apis/core/validation/validation.go</remarks>
internal static class StorageRules
{
    private static readonly string[] s_accessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

    private static readonly HashSet<string> s_notSources =
    [
        "accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy", "storageClassName", "volumeAttributesClassName", "volumeMode",
    ];

    // What may change once a claim is there; what it asks for, only while it has a volume.
    private static readonly string[] s_changing = ["resources", "volumeAttributesClassName"];

    public static void CheckVolume(JsonField spec, JsonField? oldSpec, FieldErrorList errors)
    {
        CheckAccessModes(spec["accessModes"], "", errors);
        if (spec["capacity"].Texts is not { Length: > 0 }) errors.Required(spec["capacity"].Path, "");
        var sources = Sources(spec);
        if (sources.Length == 0) errors.Required(spec.Path, "must specify a volume type");
        foreach (var source in sources.Skip(1)) errors.Forbidden(spec[source].Path, "may not specify more than 1 volume type");
        if (oldSpec is { } old && !sources.Union(Sources(old)).All(source => JsonNode.DeepEquals(spec[source].Value, old[source].Value)))
            errors.Forbidden(spec["persistentvolumesource"].Path, "spec.persistentvolumesource is immutable after creation");
    }

    public static void CheckClaim(JsonField spec, JsonObject? old, FieldErrorList errors)
    {
        CheckAccessModes(spec["accessModes"], "at least 1 access mode is required", errors);
        var amount = spec["resources"]["requests"]["storage"];
        if (!amount.Exists) errors.Required(spec["resources"].Path.Key("storage"), "");
        else if (Quantity.TryParse(amount.Text, out var storage) && storage <= 0) errors.Invalid(spec["resources"].Path.Key("storage"), amount.Text, "must be greater than zero");
        if (old?["spec"] is not JsonObject before || spec.Value is not JsonObject after) return;
        var isBound = JsonField.Of(old, "status")["phase"].Text == "Bound";
        var isSame = after.Select(field => field.Key).Union(before.Select(field => field.Key)).All(field =>
            (isBound && s_changing.Contains(field)) || (field == "volumeName" && before[field] is null) || JsonNode.DeepEquals(after[field], before[field]));
        if (!isSame) errors.Forbidden(spec.Path, "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims");
    }

    public static void CheckClass(JsonObject value, JsonObject? old, FieldErrorList errors)
    {
        if (JsonField.Of(value, "provisioner").Text.Length == 0) errors.Required(FieldPath.Root("provisioner"), "");
        if (old is null) return;
        foreach (var field in (string[])["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"])
            if (!JsonNode.DeepEquals(value[field], old[field])) errors.Forbidden(FieldPath.Root(field), $"updates to {field} are forbidden.");
    }

    private static void CheckAccessModes(JsonField modes, string missing, FieldErrorList errors)
    {
        if (modes.Count == 0) errors.Required(modes.Path, missing);
        foreach (var mode in modes.Items.Where(mode => !s_accessModes.Contains(mode.Text))) errors.NotSupported(modes.Path, mode.Text, s_accessModes);
        if (modes.Count > 1 && modes.Items.Any(mode => mode.Text == "ReadWriteOncePod"))
            errors.Forbidden(modes.Path, "may not use ReadWriteOncePod with other access modes");
    }

    private static string[] Sources(JsonField spec) =>
        [.. (spec.Value as JsonObject ?? []).Where(field => field.Value is not null && !s_notSources.Contains(field.Key)).Select(field => field.Key)];
}
