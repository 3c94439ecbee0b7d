using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>What the server completes in new objects beyond the defaults of their fields.</summary>
public static class ControllerAdmissions
{
    /// <summary>The admissions of a server, in their order.</summary>
    /// <param name="ranges">What Services' addresses and node ports are taken from.</param>
    /// <param name="services">Lists all Services as they are now.</param>
    public static ImmutableArray<IAdmission> Make(ServiceRanges ranges, Func<IEnumerable<StoredObject>> services) =>
        [new PodAdmission(), new JobAdmission(), new ServiceAdmission(ranges, services)];
}

/// <summary>Gives pods their ServiceAccount, and the tolerations that every pod has.</summary>
/// <remarks>https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#serviceaccount and #defaulttolerationseconds</remarks>
internal sealed class PodAdmission : IAdmission
{
    private const int Seconds = 300;

    /// <inheritdoc/>
    public void Admit(AdmissionRequest request)
    {
        if (request.Type != Kinds.Pods || request.Old is not null) return;
        var spec = request.Value.Child("spec");
        if (spec.Text("serviceAccountName") is not { Length: > 0 }) spec["serviceAccountName"] = spec.Text("serviceAccount") is { Length: > 0 } name ? name : "default";
        spec["serviceAccount"] = spec.Text("serviceAccountName");
        foreach (var key in new[] { "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable" })
        {
            if (spec.Items("tolerations").Any(toleration => IsAbout(toleration, key))) continue;
            if (spec["tolerations"] is not JsonArray tolerations) spec["tolerations"] = tolerations = [];
            tolerations.Add((JsonNode)new JsonObject { ["key"] = key, ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = Seconds });
        }
    }

    private static bool IsAbout(JsonObject toleration, string key) =>
        (toleration.Text("key") is not { Length: > 0 } known || known == key) && (toleration.Text("effect") is not { Length: > 0 } effect || effect == "NoExecute");
}

/// <summary>Gives a Job the selector that only its own pods match, and its template the labels for that.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-labels</remarks>
internal sealed class JobAdmission : IAdmission
{
    private const string UidLabel = "batch.kubernetes.io/controller-uid";

    /// <inheritdoc/>
    public void Admit(AdmissionRequest request)
    {
        if (request.Type != Kinds.Jobs || request.Value.IsTrue("spec", "manualSelector")) return;
        var spec = request.Value.Child("spec");
        if (request.Old is { } old)
        {
            // A manifest that is applied again does not know them.
            if (spec.Object("selector") is null && old.Object("spec", "selector") is { } selector) spec["selector"] = selector.Copy();
            return;
        }

        if (request.Value.Text("metadata", "uid") is not { } uid || request.Value.Text("metadata", "name") is not { } name) return;
        spec.Child("selector").Child("matchLabels")[UidLabel] = uid;
        var labels = spec.Child("template").Child("metadata").Child("labels");
        labels[UidLabel] = uid;
        labels["controller-uid"] = uid;
        labels["batch.kubernetes.io/job-name"] = name;
        labels["job-name"] = name;
    }
}
