using System.Globalization;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.CustomResources;

namespace Ringfence.Kubernetes.ApiServer.Objects;

/// <summary>What a deletion makes of an object: gone at once, or marked while somebody still has to do something.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/ and /docs/concepts/workloads/pods/pod-lifecycle/#pod-termination</remarks>
internal static class Deletion
{
    private const string Orphan = "orphan";
    private const string Foreground = "foregroundDeletion";
    private const long DefaultPodGrace = 30;

    /// <summary>Checks that the object is the one that is meant.</summary>
    /// <exception cref="ApiException">It is another one, or another version.</exception>
    public static void CheckPreconditions(ResourceType type, string name, JsonObject current, DeleteOptions options)
    {
        var metadata = Meta.Of(current);
        if (options.Uid is { } uid && uid != metadata.Text("uid"))
            throw Refusal.Conflict(type, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {metadata.Text("uid")}");
        if (options.ResourceVersion is { } version && version != metadata.Text("resourceVersion"))
        {
            throw Refusal.Conflict(
                type, name, $"Precondition failed: ResourceVersion in precondition: {version}, ResourceVersion in object meta: {metadata.Text("resourceVersion")}");
        }
    }

    /// <summary>Marks an object as being deleted.</summary>
    /// <param name="type">Its kind.</param>
    /// <param name="value">The object, which is changed.</param>
    /// <param name="options">How it is deleted.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether nothing holds it any longer, so that it is to be removed.</returns>
    public static bool Mark(ResourceType type, JsonObject value, DeleteOptions options, DateTimeOffset now)
    {
        var metadata = Meta.Of(value);
        SetPropagation(type, metadata, options.Propagation);
        var grace = type.IsCore("Pod") ? PodGrace(value, options.GracePeriodSeconds) : 0;
        if (metadata.Text("deletionTimestamp") is { Length: > 0 } marked)
        {
            // A later deletion may only shorten the time.
            var old = metadata.Number("deletionGracePeriodSeconds") ?? 0;
            if (grace < old && DateTimeOffset.TryParse(marked, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end))
            {
                metadata["deletionTimestamp"] = Meta.Time(grace == 0 ? now : end.AddSeconds(grace - old));
                metadata["deletionGracePeriodSeconds"] = grace;
            }

            grace = Math.Min(grace, old);
        }
        else
        {
            metadata["deletionTimestamp"] = Meta.Time(now.AddSeconds(grace));
            metadata["deletionGracePeriodSeconds"] = grace;
            if (metadata.Number("generation") is { } generation) metadata["generation"] = generation + 1;
            // Its objects go first.
            if (type == Definition.Kind) metadata.SetTexts("finalizers", [.. metadata.Texts("finalizers").Append(Definition.Finalizer).Distinct()]);
            if (type.IsCore("Namespace")) (value["status"] as JsonObject ?? (JsonObject)(value["status"] = new JsonObject()))["phase"] = "Terminating";
        }

        return grace == 0 && !IsHeld(type, value);
    }

    /// <summary>Whether an object that was marked has nothing left that holds it.</summary>
    public static bool IsDue(ResourceType type, JsonObject value) =>
        Meta.IsDeleting(value) && (Meta.Of(value).Number("deletionGracePeriodSeconds") ?? 0) == 0 && !IsHeld(type, value);

    private static bool IsHeld(ResourceType type, JsonObject value) =>
        Meta.Of(value).Texts("finalizers").Count > 0 || (type.IsCore("Namespace") && (value["spec"] as JsonObject).Texts("finalizers").Count > 0);

    private static long PodGrace(JsonObject pod, int? wanted)
    {
        var spec = pod["spec"] as JsonObject;
        if (spec.Text("nodeName").Length == 0 || (pod["status"] as JsonObject).Text("phase") is "Succeeded" or "Failed") return 0;
        return Math.Max(0, wanted ?? spec.Number("terminationGracePeriodSeconds") ?? DefaultPodGrace);
    }

    private static void SetPropagation(ResourceType type, JsonObject metadata, string? propagation)
    {
        var finalizers = metadata.Texts("finalizers");
        // Who says nothing leaves it to what was said before; jobs keep their pods, as they always did.
        if (propagation is null && (finalizers.Contains(Orphan) || finalizers.Contains(Foreground))) return;
        propagation ??= type is { Group: "batch", Kind: "Job" } ? "Orphan" : "Background";
        finalizers.RemoveAll(each => each is Orphan or Foreground);
        if (propagation == "Orphan") finalizers.Add(Orphan);
        if (propagation == "Foreground") finalizers.Add(Foreground);
        metadata.SetTexts("finalizers", finalizers);
    }
}
