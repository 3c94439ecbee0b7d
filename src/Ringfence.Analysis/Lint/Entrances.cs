using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>Ways from outside to pods on which the client's address is replaced.</summary>
internal sealed class Entrances(LintContext context)
{
    private readonly ILookup<string, (string Via, Service Service, ServicePort Port)> _ways = Find(context.Objects).ToLookup(way => way.Service.Namespace);

    /// <summary>The first such way to some pod that a policy selects, on a port that a rule admits; null where there is none.</summary>
    public string? To(GroupedPolicy policy, GroupedRule rule)
    {
        foreach (var (via, service, port) in _ways[policy.Policy.Namespace])
            foreach (var group in policy.Selected)
                if (LeadsTo(service, port, group.Example, rule.PortsAt(group))) return via;
        return null;
    }

    private static bool LeadsTo(Service service, ServicePort port, Pod pod, ConnectionSet admitted)
    {
        if (service.Selector is not { } selector || !selector.All(label => pod.Labels[label.Key] == label.Value)) return false;
        var target = port.TargetPort.Name is not { } name ? port.TargetPort.Number
            : pod.Network.Ports.FirstOrDefault(item => item.Name == name && item.Protocol == port.Protocol)?.Port ?? 0;
        return admitted.Contains(port.Protocol, target);
    }

    private static IEnumerable<(string Via, Service Service, ServicePort Port)> Find(ClusterObjects objects)
    {
        foreach (var service in objects.Services)
        {
            if (service is not { Type: "LoadBalancer" or "NodePort", KeepsClientAddress: false }) continue;
            foreach (var port in service.Ports) yield return ($"{service.Describe()} is of type {service.Type} without externalTrafficPolicy: Local, so a node may put its own address in the client's place", service, port);
        }

        if (objects.Ingresses.IsEmpty) yield break;
        var services = objects.Services.ToLookup(service => (service.Namespace, service.Name));
        foreach (var ingress in objects.Ingresses)
            foreach (var backend in ingress.Backends)
                foreach (var service in services[(ingress.Namespace, backend.ServiceName)])
                    foreach (var port in service.Ports.Where(port => backend.Port.Name is null ? port.Port == backend.Port.Number : port.Name == backend.Port.Name))
                        yield return ($"they are behind {ingress.Describe()}, whose controller opens the connections: what they see is its address", service, port);
    }
}
