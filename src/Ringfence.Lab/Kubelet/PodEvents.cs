using System.Globalization;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Lab.Kubelet;

/// <summary>Tells what becomes of pods as events, as <c>kubectl describe</c> shows them.</summary>
internal sealed class PodEvents(IObjectApi api, TimeProvider time)
{
    private static readonly ResourceType Events = ResourceCatalog.OfKind("v1", "Event")!;

    private long _number = DateTimeOffset.UtcNow.UtcTicks;

    /// <summary>Adds an event about a pod. That it cannot be told is no reason to fail.</summary>
    public void Tell(StoredObject pod, string uid, string node, string reason, string message, bool isWarning = false)
    {
        var now = time.GetUtcNow();
        try
        {
            api.Create(Events, new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = string.Create(CultureInfo.InvariantCulture, $"{pod.Name}.{Interlocked.Increment(ref _number):x}"),
                    ["namespace"] = pod.Namespace,
                },
                ["involvedObject"] = new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "Pod",
                    ["namespace"] = pod.Namespace,
                    ["name"] = pod.Name,
                    ["uid"] = uid,
                },
                ["type"] = isWarning ? "Warning" : "Normal",
                ["reason"] = reason,
                ["message"] = message,
                ["source"] = new JsonObject { ["component"] = "kubelet", ["host"] = node },
                ["reportingComponent"] = "kubelet",
                ["reportingInstance"] = node,
                ["firstTimestamp"] = PodStatusText.Time(now),
                ["lastTimestamp"] = PodStatusText.Time(now),
                ["count"] = 1,
            });
        }
        catch (ApiException)
        {
            // The namespace is going.
        }
    }
}
