using Ringfence.Engine;

namespace Ringfence.Analysis.Lint;

/// <summary>What Ingresses and Services of type LoadBalancer and NodePort open to the world.</summary>
internal sealed class FrontDoors(LintContext context)
{
    private readonly Lazy<HashSet<(string, string)>> _behindIngress =
        new(() => [.. context.Objects.Ingresses.SelectMany(ingress => ingress.Backends.Select(backend => (ingress.Namespace, backend.ServiceName)))]);

    /// <summary>Whether all of some connections to a group lead through such doors.</summary>
    public bool Open(PodGroup group, ConnectionSet connections)
    {
        if (connections.OtherProtocols) return false;
        var open = ConnectionSet.None;
        foreach (var (service, port, target) in context.Ports.ServicesOf(group))
            if (service.Type is "LoadBalancer" or "NodePort" || _behindIngress.Value.Contains((service.Namespace, service.Name)))
                open = open.Union(ConnectionSet.Of(port.Protocol, target));
        return open.Contains(connections);
    }
}
