using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>What a Service that is written anew takes over from the one before, and what it drops because its type has no use for it any more.</summary>
internal static class ServiceInheritance
{
    /// <summary>Completes the new <c>spec</c>.</summary>
    public static void Keep(JsonObject spec, JsonObject before)
    {
        var (type, had) = (TypeOf(spec), TypeOf(before));
        if (type != "ExternalName" && had != "ExternalName" && spec.Text("clusterIP") is not { Length: > 0 } && !spec.Texts("clusterIPs").Any())
        {
            foreach (var field in new[] { "clusterIP", "clusterIPs" })
                if (before.At(field) is { } value) spec[field] = value.DeepClone();
        }

        if (type == "ExternalName" && had != "ExternalName")
        {
            foreach (var field in new[] { "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy" })
                if (JsonNode.DeepEquals(spec.At(field), before.At(field))) spec.Remove(field);
        }

        if (HasNodePorts(before) && !HasNodePorts(spec)) DropNodePorts(spec, before);
        if (HasNodePorts(before) && HasNodePorts(spec)) KeepNodePorts(spec, before);
        if (type == "ClusterIP" && had is "NodePort" or "LoadBalancer" && JsonNode.DeepEquals(spec.At("externalTrafficPolicy"), before.At("externalTrafficPolicy")))
            spec.Remove("externalTrafficPolicy");
    }

    /// <summary>Whether a Service has node ports.</summary>
    public static bool HasNodePorts(JsonObject spec) => TypeOf(spec) switch
    {
        "NodePort" => true,
        "LoadBalancer" => spec.At("allocateLoadBalancerNodePorts") is null || spec.IsTrue("allocateLoadBalancerNodePorts"),
        _ => false,
    };

    private static string TypeOf(JsonObject spec) => spec.Text("type") ?? "ClusterIP";

    private static void DropNodePorts(JsonObject spec, JsonObject before)
    {
        var had = before.Items("ports").Select(port => port.Number("nodePort")).ToHashSet();
        foreach (var port in spec.Items("ports"))
            if (had.Contains(port.Number("nodePort"))) port.Remove("nodePort");
    }

    private static void KeepNodePorts(JsonObject spec, JsonObject before)
    {
        var taken = spec.Items("ports").Select(port => port.Number("nodePort")).ToHashSet();
        foreach (var port in spec.Items("ports"))
        {
            if (port.Number("nodePort") is > 0) continue;
            var same = before.Items("ports").FirstOrDefault(old => old.Number("port") == port.Number("port") && old.Text("protocol") == port.Text("protocol"));
            if (same.Number("nodePort") is { } number and > 0 && !taken.Contains(number)) port["nodePort"] = number;
        }
    }
}
