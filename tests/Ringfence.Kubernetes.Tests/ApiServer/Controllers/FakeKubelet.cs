using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Controllers;

namespace Ringfence.Kubernetes.Tests.ApiServer.Controllers;

/// <summary>Lets pods that have a node run, and ends those that are deleted.</summary>
internal sealed class FakeKubelet(ControllerContext context) : Controller(context)
{
    private static int s_next;

    public override string Name => "kubelet";

    /// <summary>Pods whose names it decides on stay not ready.</summary>
    public Func<string, bool> IsSick { get; set; } = _ => false;

    public override void Observe(Mirrored? before, Mirrored? now)
    {
        if (now?.Type == Kinds.Pods) Queue.Add(now.Key);
    }

    public override void Reconcile(ObjectKey key)
    {
        if (Objects.Find(key) is not { } pod || pod.Node() is not { } node || Objects.Find(Kinds.Nodes, "", node) is null) return;
        if (pod.IsDeleting)
        {
            if (!pod.Body.Texts("metadata", "finalizers").Any() || pod.Body.Number("metadata", "deletionGracePeriodSeconds") > 0) Writer.Delete(pod, graceSeconds: 0);
            return;
        }

        if (pod.Phase() != "Pending") return;
        var number = Interlocked.Increment(ref s_next);
        Writer.Update(
            pod,
            body =>
            {
                var status = body.Child("status");
                status["phase"] = "Running";
                status["podIP"] = $"10.244.{number / 250 % 250}.{number % 250}";
                status["podIPs"] = new JsonArray(
                    new JsonObject { ["ip"] = $"10.244.{number / 250 % 250}.{number % 250}" },
                    new JsonObject { ["ip"] = $"fd00:10:244::{number:x}" });
                Conditions.Set(status, Now, "Ready", IsSick(pod.Name) ? "False" : "True", "", "");
            },
            "status");
    }
}
