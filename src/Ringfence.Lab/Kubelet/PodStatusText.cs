using System.Globalization;
using System.Text.Json.Nodes;
using Ringfence.Model;

namespace Ringfence.Lab.Kubelet;

/// <summary>Writes what a kubelet says of pods into their status.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/</remarks>
internal static class PodStatusText
{
    private static readonly string[] Conditions = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

    /// <summary>The pod runs, and all of its containers are ready.</summary>
    /// <param name="value">The pod; its status is changed.</param>
    /// <param name="pod">What runs.</param>
    /// <param name="now">The time.</param>
    public static void SetRunning(JsonObject value, Pod pod, DateTimeOffset now)
    {
        var time = Time(now);
        var status = StatusOf(value);
        status["phase"] = "Running";
        status.Remove("reason");
        status.Remove("message");
        status["startTime"] ??= time;
        SetAddresses(status, "hostIP", "hostIPs", pod.HostAddresses);
        SetAddresses(status, "podIP", "podIPs", pod.Addresses);
        foreach (var type in Conditions) SetCondition(status, type, isTrue: true, reason: null, message: null, time);
        var uid = (string?)value["metadata"]?["uid"] ?? "";
        SetContainers(status, value, "containers", "containerStatuses", uid, time, isInit: false);
        SetContainers(status, value, "initContainers", "initContainerStatuses", uid, time, isInit: true);
        status["qosClass"] ??= "BestEffort";
    }

    /// <summary>The pod cannot run yet.</summary>
    /// <param name="value">The pod; its status is changed.</param>
    /// <param name="why">Why.</param>
    /// <param name="now">The time.</param>
    public static void SetWaiting(JsonObject value, string why, DateTimeOffset now)
    {
        var time = Time(now);
        var status = StatusOf(value);
        status["phase"] = "Pending";
        SetCondition(status, "PodScheduled", isTrue: true, reason: null, message: null, time);
        SetCondition(status, "PodReadyToStartContainers", isTrue: false, "FailedCreatePodSandBox", why, time);
        SetCondition(status, "Ready", isTrue: false, "ContainersNotReady", why, time);
        var statuses = new JsonArray();
        foreach (var container in (value["spec"]?["containers"] as JsonArray) ?? [])
        {
            statuses.Add((JsonNode)new JsonObject
            {
                ["name"] = (string?)container?["name"] ?? "",
                ["image"] = (string?)container?["image"] ?? "",
                ["imageID"] = "",
                ["ready"] = false,
                ["started"] = false,
                ["restartCount"] = 0,
                ["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "ContainerCreating", ["message"] = why } },
                ["lastState"] = new JsonObject(),
            });
        }

        status["containerStatuses"] = statuses;
    }

    /// <summary>A time as the API writes it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static JsonObject StatusOf(JsonObject value)
    {
        if (value["status"] is JsonObject status) return status;
        value["status"] = status = [];
        return status;
    }

    private static void SetAddresses(JsonObject status, string single, string list, IEnumerable<Address> addresses)
    {
        var all = addresses.Select(address => address.ToString()).ToList();
        status[single] = all.Count == 0 ? null : all[0];
        status[list] = new JsonArray([.. all.Select(address => (JsonNode)new JsonObject { ["ip"] = address })]);
    }

    private static void SetContainers(JsonObject status, JsonObject value, string spec, string name, string uid, string time, bool isInit)
    {
        if (value["spec"]?[spec] is not JsonArray { Count: > 0 } containers) return;
        var before = status[name] as JsonArray;
        var statuses = new JsonArray();
        foreach (var container in containers)
        {
            var containerName = (string?)container?["name"] ?? "";
            // What begins with the others and goes on: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
            var ends = isInit && (string?)container?["restartPolicy"] != "Always";
            var image = (string?)container?["image"] ?? "";
            var startedAt = (string?)before?.FirstOrDefault(item => (string?)item?["name"] == containerName)?["state"]?["running"]?["startedAt"] ?? time;
            statuses.Add((JsonNode)new JsonObject
            {
                ["name"] = containerName,
                ["image"] = image,
                ["imageID"] = $"ringfence.dev/not-pulled/{image}",
                ["containerID"] = $"ringfence://{uid}/{containerName}",
                ["ready"] = true,
                ["started"] = !ends,
                ["restartCount"] = 0,
                ["state"] = ends
                    ? new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 0, ["reason"] = "Completed", ["startedAt"] = startedAt, ["finishedAt"] = startedAt } }
                    : new JsonObject { ["running"] = new JsonObject { ["startedAt"] = startedAt } },
                ["lastState"] = new JsonObject(),
            });
        }

        status[name] = statuses;
    }

    private static void SetCondition(JsonObject status, string type, bool isTrue, string? reason, string? message, string time)
    {
        if (status["conditions"] is not JsonArray conditions) status["conditions"] = conditions = [];
        var wanted = isTrue ? "True" : "False";
        var condition = conditions.OfType<JsonObject>().FirstOrDefault(item => (string?)item["type"] == type);
        if (condition is null) conditions.Add((JsonNode)(condition = new JsonObject { ["type"] = type }));
        if ((string?)condition["status"] != wanted) condition["lastTransitionTime"] = time;
        condition["status"] = wanted;
        condition["lastProbeTime"] = null;
        Set(condition, "reason", reason);
        Set(condition, "message", message);
    }

    private static void Set(JsonObject value, string name, string? text)
    {
        if (text is null) value.Remove(name);
        else value[name] = text;
    }
}
