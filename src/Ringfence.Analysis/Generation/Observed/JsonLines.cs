using System.Text.Json;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation.Observed;

/// <summary>Reads lines of JSON: Ringfence's own flow log, and Hubble's.</summary>
internal static class JsonLines
{
    public static ObservedLine Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return ObservedLine.Unreadable;
            // hubble observe -o jsonpb wraps each flow in a response; -o json of older releases does not.
            if (root.TryGetProperty("flow", out var flow)) return flow.ValueKind == JsonValueKind.Object ? Hubble(flow) : ObservedLine.Unreadable;
            if (Text(root, "kind") == "Flow") return Own(root);
            // Responses of other kinds tell of nodes and of lost events.
            if (root.TryGetProperty("node_status", out _) || root.TryGetProperty("lost_events", out _)) return ObservedLine.Without(LeftOut.Undetermined);
            return root.TryGetProperty("IP", out _) ? Hubble(root) : ObservedLine.Unreadable;
        }
        catch (JsonException)
        {
            return ObservedLine.Unreadable;
        }
    }

    // The log of `lab flows -o json`; after translation of Services.
    private static ObservedLine Own(JsonElement flow)
    {
        if (!Address.TryParse(Text(flow, "sourceAddress"), out var source) || !Address.TryParse(Text(flow, "destinationAddress"), out var destination)) return ObservedLine.Unreadable;
        if (Text(flow, "verdict") is not { } verdict || Text(flow, "protocol") is not { } protocolText) return ObservedLine.Unreadable;
        if (verdict != "allowed") return ObservedLine.Without(LeftOut.Denied);
        if (!ProtocolText.TryParse(protocolText, out var protocol)) return ObservedLine.Without(LeftOut.OtherProtocol);
        return Port(flow, "port") is { } port
            ? ObservedLine.Of(new ObservedFlow(OwnEnd(Text(flow, "source"), source), OwnEnd(Text(flow, "destination"), destination), protocol, port))
            : ObservedLine.Unreadable;
    }

    private static ObservedEnd OwnEnd(string? name, Address address)
    {
        var parts = (name ?? "").Split('/');
        return parts is [var @namespace, var pod] ? new ObservedEnd(address, @namespace, pod, null) : new ObservedEnd(address, null, null, null);
    }

    // Fields as in cilium's api/v1/flow/flow.proto; is_reply may be absent, and then the side that asked is known for TCP's first packet alone.
    private static ObservedLine Hubble(JsonElement flow)
    {
        if (Text(flow, "verdict") is not { } verdict) return ObservedLine.Without(LeftOut.Undetermined);
        switch (verdict)
        {
            // AUDIT would have been dropped if policies were enforced: what a cluster that is learning lets through.
            case "FORWARDED" or "REDIRECTED" or "AUDIT":
                break;
            case "DROPPED" or "ERROR":
                return ObservedLine.Without(LeftOut.Denied);
            default:
                return ObservedLine.Without(LeftOut.Undetermined);
        }

        if (!flow.TryGetProperty("l4", out var layer) || layer.ValueKind != JsonValueKind.Object) return ObservedLine.Without(LeftOut.OtherProtocol);
        if (Layer(layer) is not var (protocol, ports)) return ObservedLine.Without(LeftOut.OtherProtocol);
        if (flow.TryGetProperty("is_reply", out var reply) && reply.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            if (reply.GetBoolean()) return ObservedLine.Without(LeftOut.Reply);
        }
        else if (!IsFirst(ports))
        {
            return ObservedLine.Without(LeftOut.Undetermined);
        }

        if (!flow.TryGetProperty("IP", out var ip) || ip.ValueKind != JsonValueKind.Object
            || !Address.TryParse(Text(ip, "source"), out var source) || !Address.TryParse(Text(ip, "destination"), out var destination)
            || Port(ports, "destination_port") is not { } port)
            return ObservedLine.Unreadable;
        return ObservedLine.Of(new ObservedFlow(HubbleEnd(flow, "source", source), HubbleEnd(flow, "destination", destination), protocol, port));
    }

    private static (Protocol Protocol, JsonElement Ports)? Layer(JsonElement layer)
    {
        foreach (var protocol in (ReadOnlySpan<Protocol>)[Protocol.Tcp, Protocol.Udp, Protocol.Sctp])
            if (layer.TryGetProperty(protocol.ToText(), out var ports) && ports.ValueKind == JsonValueKind.Object) return (protocol, ports);
        return null;
    }

    private static bool IsFirst(JsonElement ports) =>
        ports.TryGetProperty("flags", out var flags) && flags.ValueKind == JsonValueKind.Object && Flag(flags, "SYN") && !Flag(flags, "ACK");

    private static bool Flag(JsonElement flags, string name) => flags.TryGetProperty(name, out var flag) && flag.ValueKind == JsonValueKind.True;

    private static ObservedEnd HubbleEnd(JsonElement flow, string name, Address address)
    {
        if (!flow.TryGetProperty(name, out var end) || end.ValueKind != JsonValueKind.Object) return new ObservedEnd(address, null, null, null);
        string? workload = null;
        if (end.TryGetProperty("workloads", out var workloads) && workloads.ValueKind == JsonValueKind.Array && workloads.GetArrayLength() > 0 && workloads[0].ValueKind == JsonValueKind.Object)
            workload = Text(workloads[0], "name");
        return new ObservedEnd(address, Text(end, "namespace"), Text(end, "pod_name"), workload);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Port(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var port) && port is >= 1 and <= 65535 ? port : null;
}
