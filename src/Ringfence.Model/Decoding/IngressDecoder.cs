using System.Collections.Immutable;

namespace Ringfence.Model.Decoding;

/// <summary>Decodes Ingresses of networking.k8s.io/v1.</summary>
internal static class IngressDecoder
{
    public static Ingress? Decode(ObjectScope scope, DecodeOptions options)
    {
        var metadata = Metadata.Read(scope, KnownFields.Object, options);
        var spec = scope.Fields(scope.Root, null).Object("spec", KnownFields.IngressSpec);
        var backends = ImmutableArray.CreateBuilder<IngressBackend>();
        Add(scope, spec["defaultBackend"], null, null, backends);
        foreach (var ruleNode in spec.List("rules") ?? [])
        {
            var rule = scope.Fields(ruleNode, KnownFields.IngressRule);
            var host = rule.Text("host");
            foreach (var pathNode in rule.Object("http", KnownFields.HttpIngressRule).List("paths") ?? [])
            {
                var path = scope.Fields(pathNode, KnownFields.HttpIngressPath);
                Add(scope, path["backend"], string.IsNullOrEmpty(host) ? null : host, path.Text("path"), backends);
            }
        }

        return metadata?.ApplyTo(new Ingress { Name = metadata.Name, Backends = backends.DrainToImmutable() });
    }

    private static void Add(ObjectScope scope, Node? node, string? host, string? path, ImmutableArray<IngressBackend>.Builder backends)
    {
        var service = scope.Fields(node, KnownFields.IngressBackend).Object("service", KnownFields.IngressService);
        if (service.Node is null) return;
        var port = service.Object("port", KnownFields.ServiceBackendPort);
        var portName = port.Text("name");
        var number = ServiceDecoder.PortNumber(scope, port["number"], zeroIsNone: true);
        if (service.Text("name") is not { Length: > 0 } name) scope.Invalid(service.Node, "the Service's name is required");
        else if (number is null && string.IsNullOrEmpty(portName)) scope.Invalid(service.Node, "the Service's port is required, port.number or port.name");
        else backends.Add(new IngressBackend(host, path, name, new PortReference(number ?? 0, number is null ? portName : null), node!.In(scope.File)));
    }
}
