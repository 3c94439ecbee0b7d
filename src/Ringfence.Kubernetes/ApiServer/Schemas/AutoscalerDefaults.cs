using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>What a HorizontalPodAutoscaler follows, and how fast, where it does not say.</summary>
/// <remarks>pkg/apis/autoscaling/v2/defaults.go of Kubernetes</remarks>
internal static class AutoscalerDefaults
{
    public static void Apply(JsonObject spec)
    {
        if (spec["metrics"] is not JsonArray { Count: > 0 })
        {
            spec["metrics"] = new JsonArray(new JsonObject
            {
                ["type"] = "Resource",
                ["resource"] = new JsonObject { ["name"] = "cpu", ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = 80 } },
            });
        }

        if (spec["behavior"] is not JsonObject behavior) return;
        var up = Rules(behavior, "scaleUp");
        up["stabilizationWindowSeconds"] ??= 0;
        up["selectPolicy"] ??= "Max";
        up["policies"] ??= new JsonArray(Policy("Pods", 4), Policy("Percent", 100));
        var down = Rules(behavior, "scaleDown");
        down["selectPolicy"] ??= "Max";
        down["policies"] ??= new JsonArray(Policy("Percent", 100));
    }

    private static JsonObject Rules(JsonObject behavior, string field) => behavior[field] as JsonObject ?? (JsonObject)(behavior[field] = new JsonObject());

    private static JsonObject Policy(string type, int value) => new() { ["type"] = type, ["value"] = value, ["periodSeconds"] = 15 };
}
