using System.Collections.Immutable;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>The columns of pods.</summary>
internal static class PodCells
{
    public static ImmutableArray<TableColumn> Columns { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Ready", row => PodSummary.Of(row).Ready),
        TableColumn.Text("Status", row => PodSummary.Of(row).Reason),
        TableColumn.Text("Restarts", row => PodSummary.Of(row).Restarts),
        TableColumns.Age,
        TableColumn.WideText("IP", row => TableRow.TextOr(row.Status["podIPs"].Items.Select(address => address["ip"]).FirstOrDefault(row.Status["podIP"]))),
        TableColumn.WideText("Node", row => TableRow.TextOr(row.Spec["nodeName"])),
        TableColumn.WideText("Nominated Node", row => TableRow.TextOr(row.Status["nominatedNodeName"])),
        TableColumn.WideText("Readiness Gates", Gates),
    ];

    private static string Gates(TableRow row)
    {
        var gates = row.Spec["readinessGates"];
        return gates.Count == 0 ? TableRow.None
            : $"{gates.Items.Count(gate => row.Condition(gate["conditionType"].Text)["status"].Text == "True")}/{gates.Count}";
    }
}

/// <summary>What kubectl says of a pod in a word: how its containers run decides, rather than the phase.</summary>
/// <param name="Ready">How many containers are ready, of how many.</param>
/// <param name="Reason">The word.</param>
/// <param name="Restarts">How often containers were started anew, and when last.</param>
/// <remarks>printPod in pkg/printers/internalversion/printers.go</remarks>
internal sealed record PodSummary(string Ready, string Reason, string Restarts)
{
    public static PodSummary Of(TableRow row)
    {
        var (spec, status) = (row.Spec, row.Status);
        var phase = status["phase"].Text;
        var reason = TableRow.TextOr(status["reason"], phase);
        if (row.Condition("PodScheduled")["reason"].Text == "SchedulingGated") reason = "SchedulingGated";

        var sidecars = spec["initContainers"].Items
            .Where(container => container["restartPolicy"].Text == "Always")
            .Select(container => container["name"].Text)
            .ToHashSet(StringComparer.Ordinal);
        var total = spec["containers"].Count + sidecars.Count;
        var (ready, initRestarts, sidecarRestarts) = (0, new Restarted(), new Restarted());
        var isInitializing = false;
        foreach (var (container, place) in status["initContainerStatuses"].Items.Select((container, place) => (container, place)))
        {
            var isSidecar = sidecars.Contains(container["name"].Text);
            initRestarts.Add(container);
            if (isSidecar) sidecarRestarts.Add(container);
            var (terminated, waiting) = (container["state"]["terminated"], container["state"]["waiting"]["reason"].Text);
            if (terminated.Exists && (terminated["exitCode"].Number ?? 0) == 0) continue;
            if (isSidecar && container["started"].IsTrue)
            {
                if (container["ready"].IsTrue) ready++;
                continue;
            }

            reason = "Init:" + (terminated.Exists ? Ended(terminated)
                : waiting is not ("" or "PodInitializing") ? waiting
                : $"{place}/{spec["initContainers"].Count}");
            isInitializing = true;
            break;
        }

        var restarts = initRestarts;
        if (!isInitializing || row.Condition("Initialized")["status"].Text == "True")
        {
            restarts = sidecarRestarts;
            var isAnyRunning = false;
            foreach (var container in status["containerStatuses"].Items.Reverse())
            {
                restarts.Add(container);
                var (state, waiting) = (container["state"], container["state"]["waiting"]["reason"].Text);
                if (waiting.Length > 0) reason = waiting;
                else if (state["terminated"].Exists) reason = Ended(state["terminated"]);
                else if (container["ready"].IsTrue && state["running"].Exists)
                {
                    isAnyRunning = true;
                    ready++;
                }
            }

            if (reason == "Completed" && isAnyRunning) reason = row.Condition("Ready")["status"].Text == "True" ? "Running" : "NotReady";
        }

        if (row.IsDeleting && status["reason"].Text == "NodeLost") reason = "Unknown";
        else if (row.IsDeleting && phase is not ("Succeeded" or "Failed")) reason = "Terminating";
        return new PodSummary($"{ready}/{total}", reason, restarts.Text(row.Now));
    }

    private static string Ended(JsonField terminated) =>
        terminated["reason"].Text is { Length: > 0 } reason ? reason
        : terminated["signal"].Number is { } signal and not 0 ? $"Signal:{signal}"
        : $"ExitCode:{terminated["exitCode"].Number ?? 0}";

    /// <summary>Counts starts, and knows the last one.</summary>
    private sealed class Restarted
    {
        private long _count;
        private DateTimeOffset? _last;

        public void Add(JsonField container)
        {
            _count += container["restartCount"].Number ?? 0;
            if (HumanDuration.TimeOf(container["lastState"]["terminated"]["finishedAt"]) is { } ended && (_last is null || ended > _last)) _last = ended;
        }

        public string Text(DateTimeOffset now) => _count != 0 && _last is { } last ? $"{_count} ({HumanDuration.Of(now - last)} ago)" : $"{_count}";
    }
}
