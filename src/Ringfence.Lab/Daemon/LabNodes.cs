using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Lab.Kubelet;
using Ringfence.Model;

namespace Ringfence.Lab.Daemon;

/// <summary>Writes a lab's nodes as objects of the API.</summary>
/// <remarks>https://kubernetes.io/docs/reference/node/node-status/</remarks>
internal static class LabNodes
{
    /// <summary>Where leases of nodes are.</summary>
    public const string LeaseNamespace = "kube-node-lease";

    private const string MostPods = "1000";

    /// <summary>A node that is ready.</summary>
    /// <param name="node">The node.</param>
    /// <param name="labels">Labels beside those that every node has.</param>
    /// <param name="now">The time.</param>
    public static JsonObject Write(Node node, IEnumerable<KeyValuePair<string, string>> labels, DateTimeOffset now)
    {
        var architecture = RuntimeInformation.OSArchitecture switch { Architecture.X64 => "amd64", Architecture.Arm64 => "arm64", var other => other.ToString().ToLowerInvariant() };
        var all = new JsonObject();
        foreach (var (key, value) in labels) all[key] = value;
        all["kubernetes.io/hostname"] = node.Name;
        all["kubernetes.io/os"] = "linux";
        all["kubernetes.io/arch"] = architecture;
        var ranges = node.PodCidrs.Select(range => range.ToString()).ToList();
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Node",
            ["metadata"] = new JsonObject { ["name"] = node.Name, ["labels"] = all },
            ["spec"] = new JsonObject { ["podCIDR"] = ranges[0], ["podCIDRs"] = new JsonArray([.. ranges.Select(range => (JsonNode)range)]) },
            ["status"] = new JsonObject
            {
                ["addresses"] = new JsonArray([.. node.Addresses.Select(address => (JsonNode)Address("InternalIP", address.ToString())), Address("Hostname", node.Name)]),
                ["capacity"] = Resources(),
                ["allocatable"] = Resources(),
                ["conditions"] = new JsonArray(
                    Condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available", now),
                    Condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure", now),
                    Condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available", now),
                    Condition("Ready", "True", "KubeletReady", "this node of the lab is ready", now)),
                ["nodeInfo"] = new JsonObject
                {
                    ["architecture"] = architecture,
                    ["bootID"] = "",
                    ["containerRuntimeVersion"] = "ringfence://0.1.0",
                    ["kernelVersion"] = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
                    ["kubeProxyVersion"] = "",
                    ["kubeletVersion"] = "v1.32.0-ringfence-lab",
                    ["machineID"] = "",
                    ["operatingSystem"] = "linux",
                    ["osImage"] = "ringfence lab",
                    ["systemUUID"] = "",
                },
                ["daemonEndpoints"] = new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = 10250 } },
            },
        };
    }

    /// <summary>
    /// The lease that tools look for beside a node. It says who holds it and no time: a lab's node does not go away without the lab, so
    /// nobody renews it.
    /// </summary>
    /// <param name="node">The node as it is stored.</param>
    public static JsonObject Lease(StoredObject node) => new()
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new JsonObject
        {
            ["namespace"] = LeaseNamespace,
            ["name"] = node.Name,
            ["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Node", ["name"] = node.Name, ["uid"] = (string?)node.Parse()["metadata"]!["uid"] }),
        },
        ["spec"] = new JsonObject { ["holderIdentity"] = node.Name, ["leaseDurationSeconds"] = 40 },
    };

    /// <summary>The labels that pods demand of their nodes: a lab whose nodes nobody declared has nodes that suit everybody.</summary>
    public static ImmutableSortedDictionary<string, string> Demanded(IEnumerable<JsonObject> objects)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var item in objects)
        {
            var spec = (string?)item["kind"] switch
            {
                "Pod" => item["spec"],
                "CronJob" => item["spec"]?["jobTemplate"]?["spec"]?["template"]?["spec"],
                _ => item["spec"]?["template"]?["spec"],
            };
            if (spec?["nodeSelector"] is not JsonObject selector) continue;
            foreach (var (key, value) in selector)
                if (value is JsonValue text && text.TryGetValue(out string? wanted)) labels.TryAdd(key, wanted);
        }

        return labels.ToImmutable();
    }

    private static JsonObject Address(string type, string address) => new() { ["type"] = type, ["address"] = address };

    private static JsonObject Resources() => new() { ["cpu"] = "64", ["memory"] = "256Gi", ["ephemeral-storage"] = "1Ti", ["pods"] = MostPods };

    private static JsonObject Condition(string type, string status, string reason, string message, DateTimeOffset now) => new JsonObject
    {
        ["type"] = type,
        ["status"] = status,
        ["reason"] = reason,
        ["message"] = message,
        ["lastHeartbeatTime"] = PodStatusText.Time(now),
        ["lastTransitionTime"] = PodStatusText.Time(now),
    };
}
