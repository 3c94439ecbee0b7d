using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>The claims on storage that a StatefulSet's pods have of their own. They outlive their pods; a new pod of the same number finds them.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage</remarks>
internal static class VolumeClaims
{
    /// <summary>Makes those that a pod lacks, and leads the pod's volumes to them. What is refused is told in an event, and the pod is made all the same.</summary>
    /// <param name="context">What writes.</param>
    /// <param name="set">The StatefulSet.</param>
    /// <param name="pod">The pod, which is about to be made.</param>
    public static void Make(ControllerContext context, Mirrored set, JsonObject pod)
    {
        var name = pod.Text("metadata", "name")!;
        var templates = set.Body.Items("spec", "volumeClaimTemplates").Where(template => template.Text("metadata", "name") is not null)
            .DistinctBy(template => template.Text("metadata", "name")).ToDictionary(template => template.Text("metadata", "name")!);
        if (templates.Count == 0) return;
        foreach (var (claim, template) in templates)
            if (context.Objects.Find(Kinds.Claims, set.Namespace, $"{claim}-{name}") is null) Make(context, set, template, $"{claim}-{name}", name);
        var spec = pod.Child("spec");
        var others = spec.Items("volumes").Where(volume => !templates.ContainsKey(volume.Text("name") ?? "")).Select(volume => volume.Copy());
        spec["volumes"] = others.Concat(templates.Keys.Select(claim => new JsonObject
        {
            ["name"] = claim,
            ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = $"{claim}-{name}" },
        })).ToJson();
    }

    private static void Make(ControllerContext context, Mirrored set, JsonObject template, string name, string pod)
    {
        var metadata = new JsonObject { ["name"] = name, ["namespace"] = set.Namespace };
        if (template.Object("metadata", "annotations") is { } annotations) metadata["annotations"] = annotations.Copy();
        var labels = metadata.Child("labels");
        foreach (var (key, value) in (template.Object("metadata", "labels") ?? []).Concat(set.Body.Object("spec", "selector", "matchLabels") ?? [])) labels[key] = value?.DeepClone();
        try
        {
            context.Writer.CreateMissing(Kinds.Claims, new JsonObject { ["metadata"] = metadata, ["spec"] = template.Object("spec")?.Copy() ?? [] });
            context.Events.Record("statefulset-controller", set, "Normal", "SuccessfulCreate", $"create Claim {name} Pod {pod} in StatefulSet {set.Name} success");
        }
        catch (ApiException exception)
        {
            context.Events.Record("statefulset-controller", set, "Warning", "FailedCreate", $"create Claim {name} for Pod {pod} in StatefulSet {set.Name} failed error: {exception.Message}");
        }
    }
}
