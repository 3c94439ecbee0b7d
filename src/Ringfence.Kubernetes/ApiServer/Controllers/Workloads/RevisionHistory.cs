using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>The templates that a StatefulSet or DaemonSet has had, as <c>ControllerRevision</c> objects, which kubectl rolls back to.</summary>
/// <remarks>https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/controller-revision-v1/</remarks>
internal sealed class RevisionHistory(ControllerContext context)
{
    /// <summary>The label of pods that names their revision.</summary>
    public const string HashLabel = "controller-revision-hash";

    /// <summary>The revision of the workload's template now; made where it is new, made the newest where it was had before.</summary>
    /// <returns>Its name; null where it cannot be had now, as the namespace ends.</returns>
    public string? Current(Mirrored workload)
    {
        var template = workload.Body.Object("spec", "template") ?? [];
        var revisions = Of(workload);
        var newest = revisions.Count > 0 ? Number(revisions[^1]) : 0;
        var same = revisions.FindLast(revision => PodTemplate.AreSame(Template(revision), template));
        if (same is not null)
        {
            if (Number(same) < newest) context.Writer.Update(same, body => body["revision"] = newest + 1);
            return same.Name;
        }

        if (context.Objects.Find(Kinds.Namespaces, "", workload.Namespace) is not { IsDeleting: false }) return null;
        var data = template.Copy();
        data["$patch"] = "replace";
        for (var collisions = 0; ; collisions++)
        {
            var hash = PodTemplate.Hash(template, collisions);
            var name = $"{workload.Name}-{hash}";
            if (context.Objects.Find(Kinds.Revisions, workload.Namespace, name) is not null) continue;
            var labels = workload.Body.Labels("spec", "template", "metadata", "labels").ToJson();
            labels["controller.kubernetes.io/hash"] = hash;
            return context.Writer.Create(Kinds.Revisions, new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = name,
                    ["namespace"] = workload.Namespace,
                    ["labels"] = labels,
                    ["annotations"] = ChangeCause(workload),
                    ["ownerReferences"] = new JsonArray(workload.ControllerReference()),
                },
                ["data"] = new JsonObject { ["spec"] = new JsonObject { ["template"] = data } },
                ["revision"] = newest + 1,
            }).Name;
        }
    }

    /// <summary>The template of a revision; null where it is not kept any more.</summary>
    public JsonObject? TemplateOf(Mirrored workload, string? revision) => Of(workload).Find(item => item.Name == revision) is { } found ? Template(found) : null;

    /// <summary>Removes the oldest revisions that no pod is of, but for as many as the workload keeps.</summary>
    public void Tidy(Mirrored workload, IReadOnlyCollection<string> used)
    {
        var kept = workload.Body.Number("spec", "revisionHistoryLimit") ?? 10;
        var unused = Of(workload).Where(revision => !used.Contains(revision.Name)).ToList();
        foreach (var revision in unused.Take(Math.Max(0, unused.Count - kept))) context.Writer.Delete(revision);
    }

    private static JsonObject? ChangeCause(Mirrored workload) =>
        workload.Annotation("kubernetes.io/change-cause") is { } cause ? new JsonObject { ["kubernetes.io/change-cause"] = cause } : null;

    private static int Number(Mirrored revision) => revision.Body.Number("revision") ?? 0;

    private static JsonObject? Template(Mirrored revision)
    {
        if (revision.Body.Object("data", "spec", "template")?.Copy() is not { } template) return null;
        template.Remove("$patch");
        return template;
    }

    private List<Mirrored> Of(Mirrored workload) =>
        [.. context.Objects.OwnedBy(workload.Uid).Where(item => item.Type == Kinds.Revisions && !item.IsDeleting).OrderBy(Number).ThenBy(item => item.Name, StringComparer.Ordinal)];
}
