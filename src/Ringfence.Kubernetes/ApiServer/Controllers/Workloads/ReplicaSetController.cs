using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Keeps as many pods as a ReplicaSet wants, or a ReplicationController, its forerunner.</summary>
/// <param name="context">What controllers share.</param>
/// <param name="type">Which of both.</param>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/ and /replicationcontroller/</remarks>
internal sealed class ReplicaSetController(ControllerContext context, ResourceType type) : Controller(context, CountingPace)
{
    // Of one look: the rest comes at the next, after others had their turn.
    private const int Burst = 50;

    private readonly PodCreation _pods = new(context, NameOf(type));

    /// <inheritdoc/>
    public override string Name => NameOf(type);

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        var item = (now ?? before)!;
        if (item.Type == type) Queue.Add(item.Key);
        if (item.Type != Kinds.Pods) return;
        foreach (var pod in new[] { before, now })
            if (pod is not null)
                foreach (var key in PodClaims.Concerned(type, pod, Objects)) Queue.Add(key);
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        if (Objects.Find(key) is not { } set) return;
        var pods = PodClaims.Claim(Kinds.Pods, set, Objects, Writer).Where(pod => pod.IsActive()).ToList();
        ApiException? refused = null;
        if (!set.IsDeleting && set.Selector is not null)
        {
            try
            {
                pods = Scale(set, pods);
            }
            catch (ApiException exception)
            {
                refused = exception;
                pods = [.. Objects.OwnedBy(set.Uid).Where(pod => pod.Type == Kinds.Pods && pod.IsActive() && set.Selector.Matches(pod.Labels))];
            }
        }

        WriteStatus(set, pods, refused);
        if (refused is not null) throw refused;
    }

    private static string NameOf(ResourceType type) => type == Kinds.ReplicaSets ? "replicaset-controller" : "replication-controller";

    private List<Mirrored> Scale(Mirrored set, List<Mirrored> pods)
    {
        var wanted = set.Body.Number("spec", "replicas") ?? 1;
        if (pods.Count < wanted)
        {
            if (_pods.IsEnding(set.Namespace)) return pods;
            var template = set.Body.Object("spec", "template") ?? [];
            for (var i = 0; i < Burst && pods.Count < wanted; i++)
            {
                var pod = PodTemplate.MakePod(set, template);
                pod.Child("metadata")["generateName"] = set.Name + "-";
                pods.Add(_pods.Create(set, pod));
            }
        }
        else if (pods.Count > wanted)
        {
            var surplus = DeletionOrder.Sort(pods, Now).Take(Math.Min(pods.Count - wanted, Burst)).ToList();
            foreach (var pod in surplus) _pods.Delete(set, pod);
            pods = [.. pods.Except(surplus)];
        }

        if (pods.Count != wanted) Queue.Add(set.Key);
        return pods;
    }

    private void WriteStatus(Mirrored set, List<Mirrored> pods, ApiException? refused)
    {
        var minReady = set.Body.Number("spec", "minReadySeconds") ?? 0;
        var labels = SelectorFields.ReadMap(set.Body.Labels("spec", "template", "metadata", "labels"));
        var available = 0;
        foreach (var pod in pods)
        {
            if (pod.IsAvailable(minReady, Now, out var left)) available++;
            else if (left is { } rest) Queue.AddAfter(set.Key, rest);
        }

        var status = set.Body.Object("status")?.Copy() ?? [];
        status["replicas"] = pods.Count;
        SetCount(status, "fullyLabeledReplicas", pods.Count(pod => labels.Matches(pod.Labels)));
        SetCount(status, "readyReplicas", pods.Count(pod => pod.IsReady()));
        SetCount(status, "availableReplicas", available);
        status["observedGeneration"] = set.Generation;
        if (refused is null) Conditions.Remove(status, "ReplicaFailure");
        else Conditions.Set(status, Now, "ReplicaFailure", "True", "FailedCreate", refused.Message);
        Writer.UpdateStatus(set, status);
    }

    /// <summary>Sets a count that is left out where it is 0.</summary>
    internal static void SetCount(JsonObject status, string name, int count)
    {
        if (count == 0) status.Remove(name);
        else status[name] = count;
    }
}
