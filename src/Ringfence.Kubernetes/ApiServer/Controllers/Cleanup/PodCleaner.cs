namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Removes pods that are being deleted where nobody ends them: on no node yet, or on one that is no more.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-garbage-collection</remarks>
internal sealed class PodCleaner(ControllerContext context) : Controller(context)
{
    /// <inheritdoc/>
    public override string Name => "pod-garbage-collector";

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        if (now?.Type == Kinds.Pods && now.IsDeleting) Queue.Add(now.Key);
        if (now is null && before?.Type == Kinds.Nodes)
        {
            foreach (var pod in Objects.All(Kinds.Pods))
                if (pod.IsDeleting && pod.Node() == before.Name) Queue.Add(pod.Key);
        }
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        if (Objects.Find(key) is not { IsDeleting: true } pod) return;
        if (pod.Node() is { } node && Objects.Find(Kinds.Nodes, "", node) is not null) return;

        // Held by a finalizer, it stays however often it is deleted.
        if (pod.Body.Number("metadata", "deletionGracePeriodSeconds") == 0 && pod.Body.Texts("metadata", "finalizers").Any()) return;
        Writer.Delete(pod, graceSeconds: 0);
    }
}
