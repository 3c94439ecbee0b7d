using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Objects;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>Kinds that are another form of a kind that is kept: what is written in the one form can be read in the other.</summary>
/// <remarks>pkg/apis/autoscaling/v1/conversion.go and pkg/apis/events/v1/conversion.go of Kubernetes</remarks>
internal static class KindConversion
{
    // In events.k8s.io, and in the core group.
    private static readonly (string Served, string Kept)[] s_ofEvents =
    [
        ("note", "message"), ("regarding", "involvedObject"), ("reportingController", "reportingComponent"), ("deprecatedCount", "count"),
        ("deprecatedFirstTimestamp", "firstTimestamp"), ("deprecatedLastTimestamp", "lastTimestamp"), ("deprecatedSource", "source"),
    ];

    /// <summary>An object as it is served in a kind.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="kept">The object as it is kept, which is changed.</param>
    public static JsonObject ToServed(ResourceType type, JsonObject kept)
    {
        if (type.KeptAs is null) return kept;
        (kept["kind"], kept["apiVersion"]) = (type.Kind, type.ApiVersion);
        if (type.Kind == "Event") return Renamed(kept, s_ofEvents.Select(field => (field.Kept, field.Served)));
        if (kept["spec"] is JsonObject spec)
        {
            if (OfCpu(spec["metrics"])?["target"]?["averageUtilization"] is { } percent) spec["targetCPUUtilizationPercentage"] = percent.DeepClone();
            spec.Remove("metrics");
            spec.Remove("behavior");
        }

        if (kept["status"] is not JsonObject status) return kept;
        if (OfCpu(status["currentMetrics"])?["current"]?["averageUtilization"] is { } used) status["currentCPUUtilizationPercentage"] = used.DeepClone();
        status.Remove("currentMetrics");
        status.Remove("conditions");
        return kept;
    }

    /// <summary>An object as it is kept.</summary>
    /// <param name="type">The kind that it was written in.</param>
    /// <param name="served">The object as it was written, which is changed.</param>
    /// <param name="old">What it replaces, as it is kept: what the written form has no field for stays; null where it is new.</param>
    public static JsonObject ToKept(ResourceType type, JsonObject served, JsonObject? old)
    {
        if (type.KeptAs is not { } kind) return served;
        (served["kind"], served["apiVersion"]) = (kind.Kind, kind.ApiVersion);
        if (type.Kind == "Event") return Renamed(served, s_ofEvents);
        if (served["spec"] is JsonObject spec)
        {
            var percent = spec["targetCPUUtilizationPercentage"]?.DeepClone();
            spec.Remove("targetCPUUtilizationPercentage");
            var before = old?["spec"] as JsonObject;
            spec.Keep(before, "behavior");
            spec.Keep(before, "metrics");
            if (OfCpu(spec["metrics"])?["target"] is JsonObject target && percent is not null) target["averageUtilization"] = percent;
            else if (percent is not null) (spec["metrics"] as JsonArray ?? (JsonArray)(spec["metrics"] = new JsonArray())).Insert(0, Cpu("target", "averageUtilization", percent, "Utilization"));
        }

        if (served["status"] is not JsonObject status) return served;
        var used = status["currentCPUUtilizationPercentage"]?.DeepClone();
        status.Remove("currentCPUUtilizationPercentage");
        status.Keep(old?["status"] as JsonObject, "conditions");
        if (used is not null) status["currentMetrics"] = new JsonArray(Cpu("current", "averageUtilization", used, null));
        return served;
    }

    private static JsonObject Renamed(JsonObject value, IEnumerable<(string From, string To)> fields)
    {
        foreach (var (from, to) in fields)
        {
            var node = value[from]?.DeepClone();
            value.Remove(from);
            if (node is not null) value[to] = node;
        }

        return value;
    }

    private static JsonObject? OfCpu(JsonNode? metrics) => (metrics as JsonArray)?.OfType<JsonObject>()
        .Where(metric => metric.Text("type") == "Resource").Select(metric => metric["resource"] as JsonObject)
        .FirstOrDefault(resource => resource.Text("name") == "cpu");

    private static JsonObject Cpu(string part, string field, JsonNode value, string? type)
    {
        var amount = new JsonObject { [field] = value };
        if (type is not null) amount["type"] = type;
        return new JsonObject { ["type"] = "Resource", ["resource"] = new JsonObject { ["name"] = "cpu", [part] = amount } };
    }
}
