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
        foreach (var list in InteractiveContainer.Lists) SetContainers(status, value, list, uid, time);
        status["qosClass"] ??= "BestEffort";
    }

    /// <summary>The field of a status that tells of the containers of a list.</summary>
    /// <param name="list">The field of the spec: <c>containers</c>, <c>initContainers</c> or <c>ephemeralContainers</c>.</param>
    public static string StatusesOf(string list) => list[..^1] + "Statuses";

    /// <summary>The command of a container has ended: it begins anew where the pod's restart policy says so.</summary>
    /// <param name="value">The pod; its status is changed.</param>
    /// <param name="container">The container's name.</param>
    /// <param name="exitCode">How it ended.</param>
    /// <param name="started">When it began.</param>
    /// <param name="now">The time.</param>
    public static void SetEnded(JsonObject value, string container, int exitCode, DateTimeOffset started, DateTimeOffset now)
    {
        var status = StatusOf(value);
        var all = InteractiveContainer.Lists.SelectMany(list => (status[StatusesOf(list)] as JsonArray ?? []).OfType<JsonObject>().Select(item => (List: list, Item: item)));
        if (all.FirstOrDefault(entry => (string?)entry.Item["name"] == container) is not { Item: { } item } found) return;
        var time = Time(now);
        var end = new JsonObject
        {
            ["terminated"] = new JsonObject
            {
                ["exitCode"] = exitCode,
                ["reason"] = exitCode == 0 ? "Completed" : "Error",
                ["startedAt"] = Time(started),
                ["finishedAt"] = time,
                ["containerID"] = item["containerID"]?.DeepClone(),
            },
        };
        if (found.List != "ephemeralContainers" && (string?)value["spec"]?["restartPolicy"] is var policy && (policy == "Always" || (policy == "OnFailure" && exitCode != 0)))
        {
            item["restartCount"] = ((int?)item["restartCount"] ?? 0) + 1;
            item["lastState"] = end;
            item["state"] = new JsonObject { ["running"] = new JsonObject { ["startedAt"] = time } };
            return;
        }

        item["state"] = end;
        item["ready"] = false;
        item["started"] = false;
        if (found.List == "ephemeralContainers") return;
        var codes = (status["containerStatuses"] as JsonArray ?? []).Select(entry => (int?)entry?["state"]?["terminated"]?["exitCode"]).ToList();
        var isFinished = codes.TrueForAll(code => code is not null);
        if (isFinished) status["phase"] = codes.TrueForAll(code => code == 0) ? "Succeeded" : "Failed";
        foreach (var type in (string[])["Ready", "ContainersReady"])
            SetCondition(status, type, isTrue: false, isFinished ? "PodCompleted" : "ContainersNotReady", isFinished ? null : $"containers with unready status: [{container}]", time);
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

    private static void SetContainers(JsonObject status, JsonObject value, string list, string uid, string time)
    {
        if (value["spec"]?[list] is not JsonArray { Count: > 0 } containers) return;
        var name = StatusesOf(list);
        var before = status[name] as JsonArray;
        var statuses = new JsonArray();
        foreach (var container in containers)
        {
            var containerName = (string?)container?["name"] ?? "";
            // What begins with the others and goes on: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
            var ends = list == "initContainers" && (string?)container?["restartPolicy"] != "Always";
            var image = (string?)container?["image"] ?? "";
            var known = before?.FirstOrDefault(item => (string?)item?["name"] == containerName);
            if (known?["state"]?["terminated"] is not null)
            {
                statuses.Add(known.DeepClone());
                continue;
            }

            var startedAt = (string?)known?["state"]?["running"]?["startedAt"] ?? time;
            statuses.Add((JsonNode)new JsonObject
            {
                ["name"] = containerName,
                ["image"] = image,
                ["imageID"] = $"ringfence.dev/not-pulled/{image}",
                ["containerID"] = $"ringfence://{uid}/{containerName}",
                ["ready"] = list != "ephemeralContainers",
                ["started"] = !ends,
                ["restartCount"] = known?["restartCount"]?.DeepClone() ?? 0,
                ["state"] = ends
                    ? new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 0, ["reason"] = "Completed", ["startedAt"] = startedAt, ["finishedAt"] = startedAt } }
                    : new JsonObject { ["running"] = new JsonObject { ["startedAt"] = startedAt } },
                ["lastState"] = known?["lastState"]?.DeepClone() ?? new JsonObject(),
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
