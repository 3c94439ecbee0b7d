using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Gives each pod a node that it fits: the one with the fewest pods of its workload, then the fewest pods.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/</remarks>
internal sealed class Scheduler(ControllerContext context) : Controller(context)
{
    private const string Scheduled = "PodScheduled";

    private readonly NodeLoad _load = new();
    private readonly HashSet<ObjectKey> _unplaced = [];

    /// <inheritdoc/>
    public override string Name => "default-scheduler";

    /// <summary>Whether a node's change can matter for where pods may be; heartbeats do not.</summary>
    public static bool HasNodeChanged(Mirrored? before, Mirrored? now) =>
        before is null || now is null
        || !before.Labels.Equals(now.Labels)
        || !JsonNode.DeepEquals(before.Body.At("spec"), now.Body.At("spec"))
        || !JsonNode.DeepEquals(before.Body.At("status", "allocatable"), now.Body.At("status", "allocatable"));

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        var item = (now ?? before)!;
        if (item.Type == Kinds.Nodes && HasNodeChanged(before, now)) Retry();
        if (item.Type != Kinds.Pods) return;
        _load.Observe(before, now);
        if (now is not null && IsWaiting(now)) Queue.Add(now.Key);
        else _unplaced.Remove(item.Key);

        // Its place may be what another one waits for.
        if (before?.Node() is not null && (now is null || now.IsFinished())) Retry();
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        if (Objects.Find(key) is not { } pod || !IsWaiting(pod)) return;
        if (pod.Body.Items("spec", "schedulingGates").Any())
        {
            Tell(pod, "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates");
            return;
        }

        var spec = pod.Body.Object("spec") ?? [];
        var nodes = Objects.All(Kinds.Nodes);
        var fitting = new List<Mirrored>();
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            var reason = NodeFit.WhyNot(spec, node) ?? (_load.IsFull(node) ? "Too many pods" : null);
            if (reason is null) fitting.Add(node);
            else reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
        }

        if (fitting.Count > 0)
        {
            _unplaced.Remove(key);
            Bind(pod, Best(pod, fitting));
            return;
        }

        _unplaced.Add(key);
        var message = nodes.Count == 0
            ? "no nodes available to schedule pods"
            : $"0/{nodes.Count} nodes are available: {string.Join(", ", reasons.Select(reason => $"{reason.Value} {reason.Key}").Order(StringComparer.Ordinal))}. "
            + $"preemption: 0/{nodes.Count} nodes are available: {nodes.Count} Preemption is not helpful for scheduling.";
        Record(pod, "Warning", "FailedScheduling", message);
        Tell(pod, "Unschedulable", message);
    }

    private static bool IsWaiting(Mirrored pod) =>
        pod.Node() is null && !pod.IsDeleting && !pod.IsFinished() && (pod.Body.Text("spec", "schedulerName") ?? "default-scheduler") == "default-scheduler";

    private static bool IsAvoided(Mirrored node) => node.Body.Items("spec", "taints").Any(taint => taint.Text("effect") == "PreferNoSchedule");

    private void Retry()
    {
        foreach (var key in _unplaced) Queue.Add(key);
    }

    private Mirrored Best(Mirrored pod, List<Mirrored> fitting)
    {
        if (fitting.Count == 1) return fitting[0];
        var siblings = pod.Controller is { } owner
            ? Objects.OwnedBy(owner.Uid).Where(other => other.Type == Kinds.Pods && other.IsActive()).Select(other => other.Node()).OfType<string>().CountBy(node => node).ToDictionary()
            : [];
        return fitting
            .OrderBy(IsAvoided)
            .ThenBy(node => siblings.GetValueOrDefault(node.Name))
            .ThenBy(node => _load.Of(node.Name))
            .ThenBy(node => node.Name, StringComparer.Ordinal)
            .First();
    }

    private void Bind(Mirrored pod, Mirrored node)
    {
        void Place(JsonObject body)
        {
            body.Child("spec")["nodeName"] = node.Name;
            SetCondition(body, "True", null, null);
        }

        if (Writer.Update(pod, Place, "binding") is not null)
            Record(pod, "Normal", "Scheduled", $"Successfully assigned {pod.Namespace}/{pod.Name} to {node.Name}");
    }

    private void Tell(Mirrored pod, string reason, string message)
    {
        var before = pod.Condition(Scheduled);
        if (before.Text("reason") != reason || before.Text("message") != message) Writer.Update(pod, body => SetCondition(body, "False", reason, message), "status");
    }

    private void SetCondition(JsonObject body, string value, string? reason, string? message)
    {
        var status = body.Child("status");
        if (status["conditions"] is not JsonArray conditions) status["conditions"] = conditions = [];
        if (status.Items("conditions").FirstOrDefault(condition => condition.Text("type") == Scheduled) is not { } known)
            conditions.Add((JsonNode?)(known = new JsonObject { ["type"] = Scheduled, ["lastProbeTime"] = null }));
        if (known.Text("status") != value) known["lastTransitionTime"] = Now.ToText();
        known["status"] = value;
        known.Remove("reason");
        known.Remove("message");
        if (reason is not null) known["reason"] = reason;
        if (message is not null) known["message"] = message;
        status["phase"] ??= "Pending";
    }
}
