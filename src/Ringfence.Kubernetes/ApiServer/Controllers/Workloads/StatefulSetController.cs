using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Keeps the numbered pods of a StatefulSet: in order where it says so, from the last to the first when its template changes.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/</remarks>
internal sealed class StatefulSetController(ControllerContext context) : Controller(context, CountingPace)
{
    private readonly PodCreation _pods = new(context, "statefulset-controller");
    private readonly RevisionHistory _history = new(context);

    /// <inheritdoc/>
    public override string Name => "statefulset-controller";

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        var type = (now ?? before)!.Type;
        if (type == Kinds.StatefulSets) Queue.Add((now ?? before)!.Key);
        if (type != Kinds.Pods) return;
        foreach (var pod in new[] { before, now })
            if (pod is not null)
                foreach (var key in PodClaims.Concerned(Kinds.StatefulSets, pod, Objects)) Queue.Add(key);
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        if (Objects.Find(key) is not { Selector: not null } set) return;
        PodClaims.Claim(Kinds.Pods, set, Objects, Writer);
        if (set.IsDeleting || _pods.IsEnding(set.Namespace))
        {
            WriteStatus(set, null);
            return;
        }

        if (_history.Current(set) is not { } revision) return;
        try
        {
            Act(set, revision);
        }
        finally
        {
            WriteStatus(set, revision);
        }

        var used = PodsOf(set).Select(pod => pod.Labels[RevisionHistory.HashLabel] ?? "").Append(revision).Append(set.Body.Text("status", "currentRevision") ?? "");
        _history.Tidy(set, used.ToHashSet());
    }

    private static int Ordinal(Mirrored set, Mirrored pod) =>
        pod.Name.Length > set.Name.Length + 1 && pod.Name.StartsWith(set.Name + "-", StringComparison.Ordinal)
        && int.TryParse(pod.Name.AsSpan(set.Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) ? ordinal : -1;

    private static bool IsHealthy(Mirrored pod) => pod.IsReady() && pod.Phase() == "Running" && !pod.IsDeleting;

    private List<Mirrored> PodsOf(Mirrored set) =>
        [.. Objects.OwnedBy(set.Uid).Where(pod => pod.Type == Kinds.Pods && Ordinal(set, pod) >= 0).OrderBy(pod => Ordinal(set, pod))];

    /// <summary>Does what may be done now; what has to wait is looked at again when a pod changes.</summary>
    private void Act(Mirrored set, string revision)
    {
        var isOrdered = set.Body.Text("spec", "podManagementPolicy") != "Parallel";
        var first = set.Body.Number("spec", "ordinals", "start") ?? 0;
        var end = first + (set.Body.Number("spec", "replicas") ?? 1);
        var partition = set.Body.Number("spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
        var pods = PodsOf(set).ToDictionary(pod => Ordinal(set, pod));
        for (var ordinal = first; ordinal < end; ordinal++)
        {
            var pod = pods.GetValueOrDefault(ordinal);
            if (pod is { IsDeleting: false } && pod.IsFinished())
            {
                _pods.Delete(set, pod);
                pod = Objects.Find(pod.Key);
            }

            if (pod is null)
            {
                var old = ordinal < first + partition ? set.Body.Text("status", "currentRevision") : null;
                pods[ordinal] = pod = Create(set, ordinal, old is not null && _history.TemplateOf(set, old) is not null ? old : revision);
            }

            if (isOrdered && !IsHealthy(pod)) return;
        }

        foreach (var (_, pod) in pods.Where(pod => pod.Key < first || pod.Key >= end).OrderByDescending(pod => pod.Key))
        {
            if (!pod.IsDeleting) _pods.Delete(set, pod);
            if (isOrdered) return;
        }

        if (set.Body.Text("spec", "updateStrategy", "type") == "OnDelete") return;
        for (var ordinal = end - 1; ordinal >= first + partition; ordinal--)
        {
            var pod = pods[ordinal];
            if (pod.Labels[RevisionHistory.HashLabel] != revision && !pod.IsDeleting)
            {
                _pods.Delete(set, pod);
                return;
            }

            if (!IsHealthy(pod)) return;
        }
    }

    private Mirrored Create(Mirrored set, int ordinal, string revision)
    {
        var template = _history.TemplateOf(set, revision) ?? set.Body.Object("spec", "template") ?? [];
        var pod = PodTemplate.MakePod(set, template);
        var name = $"{set.Name}-{ordinal}";
        var metadata = pod.Child("metadata");
        metadata["name"] = name;
        var labels = metadata.Child("labels");
        labels[RevisionHistory.HashLabel] = revision;
        labels["statefulset.kubernetes.io/pod-name"] = name;
        labels["apps.kubernetes.io/pod-index"] = ordinal.ToString();
        var spec = pod.Child("spec");
        spec["hostname"] = name;
        if (set.Body.Text("spec", "serviceName") is { Length: > 0 } service) spec["subdomain"] = service;
        VolumeClaims.Make(Context, set, pod);
        return _pods.Create(set, pod);
    }

    private void WriteStatus(Mirrored set, string? revision)
    {
        if (Objects.Find(set.Key) is not { } now) return;
        var minReady = now.Body.Number("spec", "minReadySeconds") ?? 0;
        var pods = PodsOf(now);
        var status = now.Body.Object("status")?.Copy() ?? [];
        status["observedGeneration"] = now.Generation;
        status["replicas"] = pods.Count;
        ReplicaSetController.SetCount(status, "readyReplicas", pods.Count(IsHealthy));
        var available = 0;
        foreach (var pod in pods.Where(IsHealthy))
        {
            if (pod.IsAvailable(minReady, Now, out var left)) available++;
            else if (left is { } rest) Queue.AddAfter(set.Key, rest);
        }

        status["availableReplicas"] = available;
        if (revision is not null)
        {
            var current = status.Text("currentRevision") ?? revision;
            var updated = Count(revision);
            var wanted = now.Body.Number("spec", "replicas") ?? 1;
            if (updated == wanted && pods.Count == wanted && pods.TrueForAll(IsHealthy)) current = revision;
            status["currentRevision"] = current;
            status["updateRevision"] = revision;
            ReplicaSetController.SetCount(status, "currentReplicas", Count(current));
            ReplicaSetController.SetCount(status, "updatedReplicas", updated);
            status["collisionCount"] = 0;
        }

        Writer.UpdateStatus(now, status);

        int Count(string of) => pods.Count(pod => !pod.IsDeleting && pod.Labels[RevisionHistory.HashLabel] == of);
    }
}
