using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>What a cluster opens to the outside by Ingresses and Services, and whether policy lets it through.</summary>
public static class Openings
{
    /// <summary>Every opening, in order of the objects' kinds and names.</summary>
    public static ImmutableArray<Opening> Find(ClusterView view)
    {
        var openings = ImmutableArray.CreateBuilder<Opening>();
        var objects = view.Reachability.Snapshot.Objects;
        foreach (var ingress in objects.Ingresses.OrderBy(item => item.QualifiedName, StringComparer.Ordinal))
            foreach (var backend in ingress.Backends) openings.AddRange(OfBackend(view, ingress, backend));
        foreach (var service in objects.Services.OrderBy(item => item.QualifiedName, StringComparer.Ordinal))
        {
            if (service.Type is not ("LoadBalancer" or "NodePort")) continue;
            foreach (var port in service.Ports) openings.AddRange(OfService(view, service, port));
        }

        return openings.DrainToImmutable();
    }

    /// <summary>What an ingress controller can open to the workloads behind Ingresses, by workload in order of their names.</summary>
    public static ImmutableArray<(ViewEntry Destination, Reach Reach)> FromIngressController(ClusterView view)
    {
        var found = new SortedDictionary<string, (ViewEntry Destination, Reach Reach)>(StringComparer.Ordinal);
        foreach (var ingress in view.Reachability.Snapshot.Objects.Ingresses)
            foreach (var backend in ingress.Backends)
            {
                if (RouteOf(view.Reachability.Snapshot, ingress, backend) is not { } route) continue;
                foreach (var (entry, port) in EntriesBehind(view, route))
                {
                    var asked = ConnectionSet.Of(route.Port.Protocol, port);
                    var admitted = IngressController.Reach(view.Reachability, entry.Pods[0]);
                    var reach = new Reach(admitted.Certain.Intersect(asked), admitted.Possible.Intersect(asked));
                    var before = found.TryGetValue(entry.Name, out var known) ? known.Reach : Reach.None;
                    found[entry.Name] = (entry, new Reach(before.Certain.Union(reach.Certain), before.Possible.Union(reach.Possible)));
                }
            }

        return [.. found.Values.Where(item => !item.Reach.Possible.IsEmpty)];
    }

    private static IEnumerable<Opening> OfBackend(ClusterView view, Ingress ingress, IngressBackend backend)
    {
        var entrance = $"{backend.Host ?? "*"}{backend.Path ?? "/"}";
        Opening Result(ViewEntry? entry, Protocol protocol, int port, Outcome outcome, string reason) =>
            new(ingress.Describe(), "Ingress", entrance, entry, protocol, port, outcome, reason, backend.Location);

        if (RouteOf(view.Reachability.Snapshot, ingress, backend) is not { } route)
        {
            yield return Result(null, Protocol.Tcp, 0, Outcome.Unknown, $"the input has no Service {ingress.Namespace}/{backend.ServiceName} with port {backend.Port}");
            yield break;
        }

        var entries = EntriesBehind(view, route);
        if (entries.Count == 0) yield return Result(null, route.Port.Protocol, 0, Outcome.Unknown, NothingBehind(route));
        foreach (var (entry, port) in entries)
        {
            var reach = IngressController.Reach(view.Reachability, entry.Pods[0]);
            var (outcome, reason) = reach.Certain.Contains(route.Port.Protocol, port)
                ? (Outcome.Allowed, "its ingress admits a controller in any namespace")
                : reach.Possible.Contains(route.Port.Protocol, port)
                    ? (Outcome.Unknown, "its ingress admits some pods of other namespaces; whether the controller is one of them the input does not say")
                    : (Outcome.Denied, "its ingress admits no pod of another namespace on this port");
            yield return Result(entry, route.Port.Protocol, port, outcome, reason);
        }
    }

    private static IEnumerable<Opening> OfService(ClusterView view, Service service, ServicePort port)
    {
        var route = ServiceRoutes.Resolve(view.Reachability.Snapshot, service, port);
        var entrance = port.NodePort is { } nodePort ? $"{port.Port}/{port.Protocol.ToText()} (node port {nodePort})" : $"{port.Port}/{port.Protocol.ToText()}";
        var entries = EntriesBehind(view, route);
        if (entries.Count == 0)
            yield return new Opening(service.Describe(), service.Type, entrance, null, port.Protocol, 0, Outcome.Unknown, NothingBehind(route), service.Location);
        foreach (var (entry, target) in entries)
        {
            var open = view.OutsideSources.Where(range => view.Between(range, entry).Certain.Contains(port.Protocol, target)).ToArray();
            var (outcome, reason) = open.Length == 0
                ? (Outcome.Denied, "its ingress admits no address outside the cluster on this port")
                : open.Length == view.OutsideSources.Length
                    ? (Outcome.Allowed, "its ingress admits every address")
                    : (Outcome.Allowed, $"its ingress admits only {Some(open)}");
            yield return new Opening(service.Describe(), service.Type, entrance, entry, port.Protocol, target, outcome, reason, service.Location);
        }
    }

    private static ServiceRoute? RouteOf(Snapshot snapshot, Ingress ingress, IngressBackend backend)
    {
        var service = snapshot.Objects.Services.FirstOrDefault(item => item.Namespace == ingress.Namespace && item.Name == backend.ServiceName);
        return service is null ? null : ServiceRoutes.Resolve(snapshot, service, backend.Port, null);
    }

    private static List<(ViewEntry Entry, int Port)> EntriesBehind(ClusterView view, ServiceRoute route) =>
    [
        .. route.Targets.Where(target => target.Party.IsPod)
            .Select(target => (view.EntryOf(target.Party.Pod), target.Port))
            .Distinct()
            .OrderBy(item => item.Item1.Name, StringComparer.Ordinal)
            .ThenBy(item => item.Port),
    ];

    private static string NothingBehind(ServiceRoute route) => route.Notes.IsEmpty ? "no pod is behind it" : string.Join("; ", route.Notes);

    private static string Some(ViewEntry[] ranges)
    {
        const int Enough = 3;
        var names = string.Join(", ", ranges.Take(Enough).Select(range => range.Name));
        return ranges.Length > Enough ? $"{names} and {ranges.Length - Enough} more ranges" : names;
    }
}
