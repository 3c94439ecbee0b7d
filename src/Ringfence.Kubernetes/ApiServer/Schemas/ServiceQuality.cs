using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>The class of a pod that tells which pods are ended first when a node is short of memory.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/</remarks>
internal static class ServiceQuality
{
    private static readonly string[] s_counted = ["cpu", "memory"];

    /// <summary><c>Guaranteed</c>, <c>Burstable</c> or <c>BestEffort</c>.</summary>
    /// <param name="spec">The pod's spec, with its defaults.</param>
    public static string Of(JsonObject spec)
    {
        var containers = (spec["containers"] as JsonArray ?? []).Concat(spec["initContainers"] as JsonArray ?? []).OfType<JsonObject>().ToArray();
        var isGuaranteed = true;
        var isBestEffort = true;
        foreach (var container in containers)
            foreach (var resource in s_counted)
            {
                var limit = Amount(container, "limits", resource);
                var request = Amount(container, "requests", resource);
                if (limit > 0 || request > 0) isBestEffort = false;
                if (limit <= 0 || limit != request) isGuaranteed = false;
            }

        return isBestEffort ? "BestEffort" : isGuaranteed ? "Guaranteed" : "Burstable";
    }

    private static decimal Amount(JsonObject container, string list, string resource) =>
        container["resources"] is JsonObject resources && resources[list] is JsonObject amounts && JsonValues.AsText(amounts[resource]) is { } text
        && Quantity.TryParse(text, out var amount) ? amount : 0;
}
