using System.Collections.Immutable;

namespace Ringfence.Model.Decoding;

/// <summary>Decodes pods and pod templates: what a policy can see of them.</summary>
internal static class PodDecoder
{
    public static Pod? Decode(ObjectScope scope, DecodeOptions options)
    {
        var metadata = Metadata.Read(scope, KnownFields.Object, options);
        var pod = scope.Fields(scope.Root, null);
        var spec = pod.Object("spec", KnownFields.PodSpec);
        var network = Network(spec);
        var images = Images(spec);
        var nodeName = spec.Text("nodeName");

        // The API server writes the status: no field of it is refused.
        var status = pod.Object("status", null);
        var addresses = Addresses(status, "podIPs", "podIP");
        var hostAddresses = Addresses(status, "hostIPs", "hostIP");
        var phase = Phase(status, addresses);
        return metadata?.ApplyTo(new Pod
        {
            Name = metadata.Name,
            Network = network,
            Images = images,
            NodeName = string.IsNullOrEmpty(nodeName) ? null : nodeName,
            Phase = phase,
            Addresses = addresses,
            HostAddresses = hostAddresses,
        });
    }

    public static PodNetworkSpec Network(Fields spec)
    {
        var ports = ImmutableArray.CreateBuilder<ContainerPort>();
        foreach (var list in (ReadOnlySpan<string>)["containers", "initContainers"])
        {
            foreach (var node in spec.List(list) ?? [])
            {
                var container = spec.Scope.Fields(node, KnownFields.Container);
                foreach (var port in container.List("ports") ?? [])
                    if (Port(spec.Scope, port) is { } declared) ports.Add(declared);
            }
        }

        var hostNetwork = spec.Flag("hostNetwork") == true;
        var hasOwnDns = IsOwnDns(spec.Text("dnsPolicy"));
        return ports.Count == 0 && !hostNetwork && !hasOwnDns ? PodNetworkSpec.Empty : new PodNetworkSpec(ports.DrainToImmutable(), hostNetwork) { HasOwnDns = hasOwnDns };
    }

    /// <summary>Whether a <c>dnsPolicy</c> leads elsewhere than to the cluster's name servers.</summary>
    public static bool IsOwnDns(string? dnsPolicy) => dnsPolicy is "None" or "Default";

    /// <summary>The images of the containers, init containers left out.</summary>
    public static ImmutableArray<string> Images(Fields spec) =>
        [.. (spec.List("containers") ?? []).Select(node => spec.Scope.Fields(node, null).Text("image")).OfType<string>().Where(image => image.Length > 0)];

    private static ContainerPort? Port(ObjectScope scope, Node node)
    {
        var errors = scope.Errors;
        var port = scope.Fields(node, KnownFields.ContainerPort);
        var name = port.Text("name");
        var protocol = ReadProtocol(port);
        scope.Int32(port["hostPort"]);
        if (port.Node is null) return null;
        if (port["containerPort"] is not { } numberNode)
        {
            if (scope.Errors == errors) scope.Invalid(node, "containerPort is required");
            return null;
        }

        if (scope.Int32(numberNode) is not { } number) return null;
        if (number is >= 1 and <= 65535 && protocol is not null) return new ContainerPort(string.IsNullOrEmpty(name) ? null : name, number, protocol.Value);
        if (protocol is not null) scope.Invalid(numberNode, $"{number} is not a port: must be between 1 and 65535, inclusive");
        return null;
    }

    /// <summary>The protocol of a port, TCP by default; null, with an error reported, where it is none.</summary>
    public static Protocol? ReadProtocol(Fields port)
    {
        if (port.Text("protocol") is not { } text) return Protocol.Tcp;
        if (ProtocolText.TryParse(text, out var protocol)) return protocol;
        port.Scope.Invalid(port["protocol"]!, $"\"{Excerpt.Of(text)}\" is not supported: supported values: \"TCP\", \"UDP\", \"SCTP\"");
        return null;
    }

    private static PodPhase Phase(Fields status, ImmutableArray<Address> addresses)
    {
        var text = status.Text("phase");
        if (string.IsNullOrEmpty(text)) return addresses.IsEmpty ? PodPhase.Planned : PodPhase.Running;
        switch (text)
        {
            case "Pending": return PodPhase.Pending;
            case "Running": return PodPhase.Running;
            case "Succeeded": return PodPhase.Succeeded;
            case "Failed": return PodPhase.Failed;
            case "Unknown": return PodPhase.Unknown;
            default:
                status.Scope.Invalid(
                    status["phase"]!, $"\"{Excerpt.Of(text)}\" is no phase: supported values: \"Pending\", \"Running\", \"Succeeded\", \"Failed\", \"Unknown\"");
                return PodPhase.Unknown;
        }
    }

    private static ImmutableArray<Address> Addresses(Fields status, string listName, string singleName)
    {
        var addresses = ImmutableArray.CreateBuilder<Address>();
        foreach (var node in status.List(listName) ?? [])
            if (ReadAddress(status.Scope, status.Scope.Fields(node, null)["ip"]) is { } address && !addresses.Contains(address)) addresses.Add(address);
        if (ReadAddress(status.Scope, status[singleName]) is { } single && !addresses.Contains(single)) addresses.Add(single);
        return addresses.DrainToImmutable();
    }

    /// <summary>An address; null where there is none, with an error reported where it is wrong.</summary>
    public static Address? ReadAddress(ObjectScope scope, Node? node)
    {
        if (scope.Text(node) is not { Length: > 0 } text) return null;
        if (Address.TryParse(text, out var address)) return address;
        scope.Invalid(node!, $"\"{Excerpt.Of(text)}\" is not an IP address");
        return null;
    }
}
