using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>The ports of a Service on one of its pods: a target port's name may be another number on each.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports</remarks>
internal static class EndpointPorts
{
    /// <summary>The ports as an EndpointSlice has them; those whose name the pod does not have are left out.</summary>
    public static JsonArray Of(Mirrored service, Mirrored pod)
    {
        var ports = new JsonArray();
        foreach (var port in service.Body.Items("spec", "ports"))
        {
            var protocol = port.Text("protocol") ?? "TCP";
            if (Resolve(port, pod, protocol) is not { } number) continue;
            var json = new JsonObject { ["name"] = port.Text("name") ?? "", ["protocol"] = protocol, ["port"] = number };
            if (port.Text("appProtocol") is { } application) json["appProtocol"] = application;
            ports.Add((JsonNode)json);
        }

        return ports;
    }

    private static int? Resolve(JsonObject port, Mirrored pod, string protocol)
    {
        if (port.Number("targetPort") is { } number) return number == 0 ? port.Number("port") : number;
        if (port.Text("targetPort") is not { Length: > 0 } name) return port.Number("port");
        var sidecars = pod.Body.Items("spec", "initContainers").Where(container => container.Text("restartPolicy") == "Always");
        return pod.Body.Items("spec", "containers").Concat(sidecars)
            .SelectMany(container => container.Items("ports"))
            .FirstOrDefault(candidate => candidate.Text("name") == name && (candidate.Text("protocol") ?? "TCP") == protocol)
            .Number("containerPort");
    }
}
