using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>What controllers ask of a pod.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/</remarks>
internal static class PodState
{
    /// <summary><c>status.phase</c>.</summary>
    public static string Phase(this Mirrored pod) => pod.Body.Text("status", "phase") ?? "Pending";

    /// <summary>The node that it is on; null where it is on none yet.</summary>
    public static string? Node(this Mirrored pod) => pod.Body.Text("spec", "nodeName") is { Length: > 0 } node ? node : null;

    /// <summary>Whether it has ended.</summary>
    public static bool IsFinished(this Mirrored pod) => pod.Phase() is "Succeeded" or "Failed";

    /// <summary>Whether it counts as one of its workload's: neither ended nor about to.</summary>
    public static bool IsActive(this Mirrored pod) => !pod.IsDeleting && !pod.IsFinished();

    /// <summary>Whether it takes requests.</summary>
    public static bool IsReady(this Mirrored pod) => pod.Condition("Ready").Text("status") == "True";

    /// <summary>Whether it is ready and has been for a time.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="minReadySeconds">The time.</param>
    /// <param name="now">The present.</param>
    /// <param name="left">How long it still has to be ready; null where it is available or not ready.</param>
    public static bool IsAvailable(this Mirrored pod, int minReadySeconds, DateTimeOffset now, out TimeSpan? left)
    {
        left = null;
        if (!pod.IsReady()) return false;
        if (minReadySeconds <= 0) return true;
        var since = pod.Condition("Ready").Time("lastTransitionTime") ?? now;
        var rest = since + TimeSpan.FromSeconds(minReadySeconds) - now;
        if (rest <= TimeSpan.Zero) return true;
        left = rest;
        return false;
    }

    /// <summary>A condition; null where there is none of this type.</summary>
    public static JsonObject? Condition(this Mirrored item, string type) =>
        item.Body.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == type);
}
