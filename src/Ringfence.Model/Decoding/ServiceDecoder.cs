using System.Collections.Immutable;

namespace Ringfence.Model.Decoding;

/// <summary>Decodes Services and EndpointSlices.</summary>
internal static class ServiceDecoder
{
    private const string ServiceNameLabel = "kubernetes.io/service-name";

    public static Service? Service(ObjectScope scope, DecodeOptions options)
    {
        var metadata = Metadata.Read(scope, KnownFields.Object, options);
        var spec = scope.Fields(scope.Root, null).Object("spec", KnownFields.ServiceSpec);
        var type = spec.Text("type");
        if (string.IsNullOrEmpty(type)) type = "ClusterIP";
        if (type is not ("ClusterIP" or "NodePort" or "LoadBalancer" or "ExternalName"))
            scope.Invalid(
                spec["type"]!,
                $"\"{Excerpt.Of(type)}\" is not supported: supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"");
        var selector = spec.Map("selector") is { Count: > 0 } labels ? LabelSet.Create(labels) : null;
        var ports = ImmutableArray.CreateBuilder<ServicePort>();
        foreach (var node in spec.List("ports") ?? [])
            if (Port(scope, node) is { } port) ports.Add(port);
        var addresses = ImmutableArray.CreateBuilder<Address>();
        foreach (var node in (spec.List("clusterIPs") ?? []).Append(spec["clusterIP"]))
            if (node is not ScalarNode { Text: "None" } && PodDecoder.ReadAddress(scope, node) is { } address && !addresses.Contains(address))
                addresses.Add(address);
        return metadata?.ApplyTo(new Service
        {
            Name = metadata.Name,
            Type = type,
            Selector = selector,
            Ports = ports.DrainToImmutable(),
            ClusterIPs = addresses.DrainToImmutable(),
            ExternalName = type == "ExternalName" ? spec.Text("externalName") : null,
            IsHeadless = spec["clusterIP"] is ScalarNode { Text: "None" },
            HasClientAffinity = spec.Text("sessionAffinity") == "ClientIP",
            KeepsClientAddress = spec.Text("externalTrafficPolicy") == "Local",
        });
    }

    public static EndpointSlice? EndpointSlice(ObjectScope scope, DecodeOptions options)
    {
        var metadata = Metadata.Read(scope, KnownFields.EndpointSlice, options);
        var slice = scope.Fields(scope.Root, null);
        var isName = slice.Text("addressType") == "FQDN";
        var endpoints = ImmutableArray.CreateBuilder<(Address, string?)>();
        foreach (var node in slice.List("endpoints") ?? [])
        {
            var endpoint = scope.Fields(node, KnownFields.Endpoint);
            var ready = endpoint.Object("conditions", KnownFields.EndpointConditions).Flag("ready") ?? true;
            var target = endpoint.Object("targetRef", KnownFields.ObjectReference);
            var pod = target.Text("kind") == "Pod" ? target.Text("name") : null;
            foreach (var text in endpoint.List("addresses") ?? [])
                if (!isName && PodDecoder.ReadAddress(scope, text) is { } address && ready) endpoints.Add((address, pod));
        }

        var ports = ImmutableArray.CreateBuilder<ContainerPort>();
        foreach (var node in slice.List("ports") ?? [])
        {
            var port = scope.Fields(node, KnownFields.EndpointPort);
            var name = port.Text("name");
            if (PodDecoder.ReadProtocol(port) is { } protocol && PortNumber(scope, port["port"]) is { } number)
                ports.Add(new ContainerPort(string.IsNullOrEmpty(name) ? null : name, number, protocol));
        }

        return metadata?.ApplyTo(new EndpointSlice
        {
            Name = metadata.Name,
            ServiceName = metadata.Labels[ServiceNameLabel],
            Endpoints = endpoints.DrainToImmutable(),
            Ports = ports.DrainToImmutable(),
        });
    }

    private static ServicePort? Port(ObjectScope scope, Node node)
    {
        var fields = scope.Fields(node, KnownFields.ServicePort);
        var name = fields.Text("name");
        var protocol = PodDecoder.ReadProtocol(fields);
        var nodePort = PortNumber(scope, fields["nodePort"], zeroIsNone: true);
        var target = Reference(scope, fields["targetPort"]);
        if (fields.Node is null) return null;
        if (fields["port"] is null) scope.Invalid(node, "port is required");
        if (PortNumber(scope, fields["port"]) is not { } port || protocol is null) return null;
        return new ServicePort(string.IsNullOrEmpty(name) ? null : name, port, protocol.Value, target ?? new PortReference(port, null), nodePort);
    }

    /// <summary>A port by number or by name; null where there is none.</summary>
    private static PortReference? Reference(ObjectScope scope, Node? node)
    {
        if (node is ScalarNode { Kind: ScalarKind.Text } text) return text.Text.Length == 0 ? null : new PortReference(0, text.Text);
        return PortNumber(scope, node, zeroIsNone: true, "a number or a name") is { } number ? new PortReference(number, null) : null;
    }

    public static int? PortNumber(ObjectScope scope, Node? node, bool zeroIsNone = false, string expected = "a number")
    {
        if (scope.Int32(node, expected) is not { } number) return null;
        if (number is >= 1 and <= 65535) return number;
        if (number != 0 || !zeroIsNone) scope.Invalid(node!, $"{number} is not a port: must be between 1 and 65535, inclusive");
        return null;
    }
}
