using System.Text.Json.Nodes;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>What may change of a pod that is there.</summary>
/// <remarks>ValidatePodUpdate in pkg/apis/core/validation/validation.go; a node is given by an update here, where there is no binding.</remarks>
internal static class PodUpdateRules
{
    private const string Message =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
        + "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void Check(JsonField spec, JsonField old, FieldErrorList errors)
    {
        if (JsonNode.DeepEquals(spec.Value, old.Value)) return;
        if (spec.Value is not JsonObject now || old.Value is not JsonObject before)
        {
            errors.Forbidden(spec.Path, Message);
            return;
        }

        foreach (var list in new[] { "containers", "initContainers" })
        {
            if (spec[list].Count != old[list].Count)
            {
                errors.Forbidden(spec[list].Path, "pod updates may not add or remove containers");
                return;
            }

            foreach (var container in spec[list].Items) PodRules.CheckImage(container["image"], errors);
        }

        // Whatever may change is made the same; nothing may be different then.
        var (left, right) = (Settled(now), Settled(before));
        if (JsonValues.AsText(before["nodeName"]) is null or "") left.Remove("nodeName");
        if (OnlyAdds(now["tolerations"], before["tolerations"]))
        {
            left.Remove("tolerations");
            right.Remove("tolerations");
        }

        if (!JsonNode.DeepEquals(left, right)) errors.Forbidden(spec.Path, Message);
    }

    private static JsonObject Settled(JsonObject spec)
    {
        var settled = spec.DeepClone().AsObject();
        settled.Remove("activeDeadlineSeconds");
        settled.Remove("schedulingGates");
        foreach (var list in new[] { "containers", "initContainers" })
            foreach (var container in (settled[list] as JsonArray ?? []).OfType<JsonObject>()) container.Remove("image");
        foreach (var empty in settled.Where(field => field.Value is null or JsonArray { Count: 0 }).Select(field => field.Key).ToArray()) settled.Remove(empty);
        return settled;
    }

    private static bool OnlyAdds(JsonNode? now, JsonNode? before)
    {
        var tolerations = now as JsonArray ?? [];
        return (before as JsonArray ?? []).All(old => tolerations.Any(toleration => JsonNode.DeepEquals(toleration, old)));
    }
}
