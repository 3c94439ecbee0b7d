using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>The status of a Deployment, as <c>kubectl rollout status</c> and <c>kubectl wait</c> read it.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status</remarks>
internal static class RolloutStatus
{
    private const string UpdateTime = "lastUpdateTime";
    private const int DefaultDeadline = 600;
    private const int NoDeadline = int.MaxValue;

    /// <summary>The status that a rollout has now.</summary>
    /// <param name="rollout">The Deployment with its ReplicaSets.</param>
    /// <param name="isNew">Whether the ReplicaSet of its template was just made.</param>
    /// <param name="refused">Why that ReplicaSet cannot be made; null where it can.</param>
    /// <param name="now">The time.</param>
    /// <param name="left">How long it may still take to progress; null where that does not matter.</param>
    public static JsonObject Make(Rollout rollout, bool isNew, string? refused, DateTimeOffset now, out TimeSpan? left)
    {
        var deployment = rollout.Deployment;
        var status = deployment.Body.Object("status")?.Copy() ?? [];
        var available = rollout.Sets.Sum(Rollout.Available);
        status["observedGeneration"] = deployment.Generation;
        Set("replicas", rollout.Sets.Sum(Rollout.Existing));
        Set("updatedReplicas", rollout.Current is null ? 0 : Rollout.Existing(rollout.Current));
        Set("readyReplicas", rollout.Sets.Sum(set => set.Body.Number("status", "readyReplicas") ?? 0));
        Set("availableReplicas", available);
        Set("unavailableReplicas", Math.Max(0, rollout.Sets.Sum(Rollout.Wanted) - available));
        SetProgress(rollout, status, isNew, now, out left);
        if (available >= rollout.Replicas - rollout.MaxUnavailable)
            Conditions.Set(status, now, "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", UpdateTime);
        else
            Conditions.Set(status, now, "Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", UpdateTime);
        var failure = rollout.Sets.Select(set => set.Condition("ReplicaFailure").Text("message")).FirstOrDefault(message => message is not null);
        if (failure is not null) Conditions.Set(status, now, "ReplicaFailure", "True", "FailedCreate", failure, UpdateTime);
        else Conditions.Remove(status, "ReplicaFailure");
        if (refused is not null)
            Conditions.Set(status, now, "Progressing", "False", "ReplicaSetCreateError", $"Failed to create new replica set: {refused}", UpdateTime);
        return status;

        void Set(string name, int count) => ReplicaSetController.SetCount(status, name, count);
    }

    private static void SetProgress(Rollout rollout, JsonObject status, bool isNew, DateTimeOffset now, out TimeSpan? left)
    {
        left = null;
        var deadline = rollout.Deployment.Body.Number("spec", "progressDeadlineSeconds") ?? DefaultDeadline;
        if (deadline == NoDeadline)
        {
            Conditions.Remove(status, "Progressing");
            return;
        }

        var before = Conditions.Find(status, "Progressing");
        if (rollout.IsPaused)
        {
            if (before.Text("reason") != "ProgressDeadlineExceeded") Progress("Unknown", "DeploymentPaused", "Deployment is paused");
            return;
        }

        if (before.Text("reason") == "DeploymentPaused")
        {
            Progress("Unknown", "DeploymentResumed", "Deployment is resumed");
            before = Conditions.Find(status, "Progressing");
        }

        if (rollout.Current is not { } current) return;
        var about = $"ReplicaSet \"{current.Name}\"";
        if (IsComplete(rollout, status))
        {
            Progress("True", "NewReplicaSetAvailable", $"{about} has successfully progressed.");
            return;
        }

        // Complete for this template: pods that fall out later are not a rollout.
        if (before.Text("reason") == "NewReplicaSetAvailable" && !isNew && Count(status, "replicas") == Count(status, "updatedReplicas")) return;
        if (isNew)
        {
            Progress("True", "NewReplicaSetCreated", $"Created new replica set \"{current.Name}\"");
        }
        else if (before is null)
        {
            Progress("True", "FoundNewReplicaSet", $"Found new replica set \"{current.Name}\"");
        }
        else if (HasMoved(rollout.Deployment, status))
        {
            // The deadline starts anew, so its time is renewed even where nothing else is.
            before.AsObject().Remove("message");
            Progress("True", "ReplicaSetUpdated", $"{about} is progressing.");
        }

        var progress = Conditions.Find(status, "Progressing");
        if (progress.Text("reason") is "ProgressDeadlineExceeded" or "NewReplicaSetAvailable") return;
        var rest = (progress.Time("lastUpdateTime") ?? now) + TimeSpan.FromSeconds(deadline) - now;
        if (rest > TimeSpan.Zero) left = rest;
        else Progress("False", "ProgressDeadlineExceeded", $"{about} has timed out progressing.");

        void Progress(string value, string reason, string message) => Conditions.Set(status, now, "Progressing", value, reason, message, UpdateTime);
    }

    private static bool IsComplete(Rollout rollout, JsonObject status) =>
        Count(status, "updatedReplicas") == rollout.Replicas
        && Count(status, "replicas") == rollout.Replicas
        && Count(status, "availableReplicas") == rollout.Replicas;

    private static bool HasMoved(Mirrored deployment, JsonObject status)
    {
        var before = deployment.Body.Object("status");
        return Count(status, "updatedReplicas") > Count(before, "updatedReplicas")
            || Count(status, "replicas") - Count(status, "updatedReplicas") < Count(before, "replicas") - Count(before, "updatedReplicas")
            || Count(status, "readyReplicas") > Count(before, "readyReplicas")
            || Count(status, "availableReplicas") > Count(before, "availableReplicas");
    }

    private static int Count(JsonObject? status, string name) => status.Number(name) ?? 0;
}
