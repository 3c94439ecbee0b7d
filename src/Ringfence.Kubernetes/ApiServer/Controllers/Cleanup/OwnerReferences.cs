using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Changes of <c>metadata.ownerReferences</c> and <c>metadata.finalizers</c>.</summary>
internal static class OwnerReferences
{
    /// <summary>Takes references out.</summary>
    public static void Remove(JsonObject body, params IReadOnlyCollection<string> uids)
    {
        var metadata = body.Child("metadata");
        var kept = body.Items("metadata", "ownerReferences").Where(reference => !uids.Contains(reference.Text("uid") ?? "")).Select(reference => reference.Copy()).ToJson();
        if (kept.Count > 0) metadata["ownerReferences"] = kept;
        else metadata.Remove("ownerReferences");
    }

    /// <summary>Takes a finalizer out.</summary>
    public static void RemoveFinalizer(JsonObject body, string name)
    {
        var metadata = body.Child("metadata");
        var kept = body.Texts("metadata", "finalizers").Where(finalizer => finalizer != name).ToJson();
        if (kept.Count > 0) metadata["finalizers"] = kept;
        else metadata.Remove("finalizers");
    }
}
