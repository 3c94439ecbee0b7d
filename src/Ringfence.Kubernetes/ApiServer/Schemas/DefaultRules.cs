using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Objects;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>The defaults that depend on other fields. Each is applied before those of the schema text.</summary>
/// <remarks>pkg/apis/*/v1/defaults.go of Kubernetes</remarks>
internal static class DefaultRules
{
    /// <summary>How long a client stays with a pod where the Service does not say (seconds).</summary>
    private const int ClientAffinitySeconds = 3 * 60 * 60;

    private static readonly HashSet<string> s_rolling = ["DeploymentStrategy", "DaemonSetUpdateStrategy", "StatefulSetUpdateStrategy"];

    public static void Apply(SchemaType type, JsonObject value)
    {
        switch (type.Name)
        {
            case "Pod":
                Pod(value);
                break;
            case "PodSpec":
                PodSpec(value);
                break;
            case "Container" or "EphemeralContainer":
                if (value["image"] is not null) Missing(value, "imagePullPolicy", IsLatest(value.Text("image")) ? "Always" : "IfNotPresent");
                break;
            case "Volume":
                if (value.Count == 1 && value.ContainsKey("name")) value["emptyDir"] = new JsonObject();
                break;
            case "Secret":
                Secret(value);
                break;
            case "ServiceSpec":
                Service(value);
                break;
            case "JobSpec":
                if (value["completions"] is null && value["parallelism"] is null) value["completions"] = 1;
                Missing(value, "parallelism", 1);
                Missing(value, "podReplacementPolicy", value["podFailurePolicy"] is null ? "TerminatingOrFailed" : "Failed");
                break;
            case "NetworkPolicySpec":
                if (value["policyTypes"] is not JsonArray { Count: > 0 })
                    value["policyTypes"] = value["egress"] is JsonArray { Count: > 0 } ? new JsonArray("Ingress", "Egress") : new JsonArray("Ingress");
                break;
            case "Subject":
                if (value.Text("kind") is "User" or "Group" && value.Text("apiGroup").Length == 0) value["apiGroup"] = "rbac.authorization.k8s.io";
                break;
            case "CSIDriverSpec":
                if (value["volumeLifecycleModes"] is not JsonArray { Count: > 0 }) value["volumeLifecycleModes"] = new JsonArray("Persistent");
                break;
            case "HorizontalPodAutoscalerSpec":
                AutoscalerDefaults.Apply(value);
                break;
            case "LimitRangeItem":
                if (value.Text("type") == "Container") LimitRange(value);
                break;
            default:
                if (s_rolling.Contains(type.Name) && value.Text("type") is "" or "RollingUpdate") Missing(value, "rollingUpdate", new JsonObject());
                break;
        }
    }

    private static void Pod(JsonObject pod)
    {
        if (pod["spec"] is not JsonObject spec) return;
        Missing(spec, "enableServiceLinks", true);
        foreach (var container in Containers(spec))
        {
            // What is limited is set aside, unless less is asked for.
            if (container["resources"] is not JsonObject resources || resources["limits"] is not JsonObject limits) continue;
            if (resources["requests"] is not JsonObject requests) resources["requests"] = requests = [];
            foreach (var (name, amount) in limits)
                if (!requests.ContainsKey(name)) requests[name] = amount?.DeepClone();
        }

        if (pod["status"] is not JsonObject status) pod["status"] = status = [];
        Missing(status, "qosClass", ServiceQuality.Of(spec));
    }

    private static void PodSpec(JsonObject spec)
    {
        // Both names of the service account are served, and are the same.
        if (spec.Text("serviceAccountName") is { Length: > 0 } name) spec["serviceAccount"] = name;
        else if (spec.Text("serviceAccount") is { Length: > 0 } older) spec["serviceAccountName"] = older;

        if (spec["hostNetwork"] is not JsonValue hostNetwork || !hostNetwork.TryGetValue(out bool isHost) || !isHost) return;
        foreach (var port in Containers(spec).SelectMany(container => (container["ports"] as JsonArray ?? []).OfType<JsonObject>()))
            if (port.Number("hostPort") is null or 0 && port["containerPort"] is { } number)
                port["hostPort"] = number.DeepClone();
    }

    private static void Service(JsonObject spec)
    {
        var type = spec.Text("type") is { Length: > 0 } given ? given : "ClusterIP";
        if (spec.Text("sessionAffinity") == "ClientIP" && spec["sessionAffinityConfig"] is null)
            spec["sessionAffinityConfig"] = new JsonObject { ["clientIP"] = new JsonObject { ["timeoutSeconds"] = ClientAffinitySeconds } };
        foreach (var port in (spec["ports"] as JsonArray ?? []).OfType<JsonObject>())
            if (port["targetPort"] is null || port.Number("targetPort") == 0 || JsonValues.AsText(port["targetPort"])?.Length == 0)
                port["targetPort"] = port["port"]?.DeepClone();
        if (type == "ExternalName") return;
        Missing(spec, "internalTrafficPolicy", "Cluster");
        if (type is "NodePort" or "LoadBalancer" || spec["externalIPs"] is JsonArray { Count: > 0 }) Missing(spec, "externalTrafficPolicy", "Cluster");
        if (type == "LoadBalancer") Missing(spec, "allocateLoadBalancerNodePorts", true);
    }

    private static void LimitRange(JsonObject item)
    {
        var limits = Map(item, "default");
        var requests = Map(item, "defaultRequest");
        Copy(item["max"], limits);
        Copy(limits, requests);
        Copy(item["min"], requests);

        static JsonObject Map(JsonObject item, string field) => item[field] as JsonObject ?? (JsonObject)(item[field] = new JsonObject());

        static void Copy(JsonNode? amounts, JsonObject into)
        {
            foreach (var (name, amount) in amounts as JsonObject ?? [])
                if (!into.ContainsKey(name)) into[name] = amount?.DeepClone();
        }
    }

    private static void Secret(JsonObject secret)
    {
        if (secret["stringData"] is not JsonObject plain) return;
        if (secret["data"] is not JsonObject data) secret["data"] = data = [];
        foreach (var (name, text) in plain) data[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonValues.AsText(text) ?? ""));
        secret.Remove("stringData");
    }

    private static bool IsLatest(string image)
    {
        if (image.Contains('@', StringComparison.Ordinal)) return false;
        var tag = image.LastIndexOf(':');
        return tag < 0 || tag < image.LastIndexOf('/') || image.AsSpan(tag + 1) is "latest";
    }

    private static IEnumerable<JsonObject> Containers(JsonObject spec) =>
        (spec["containers"] as JsonArray ?? []).Concat(spec["initContainers"] as JsonArray ?? []).OfType<JsonObject>();

    private static void Missing(JsonObject value, string field, JsonNode @default)
    {
        if (value[field] is null) value[field] = @default;
    }
}
