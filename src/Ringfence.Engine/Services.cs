using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>Where a Service's port leads: a pod or an address, and the port there.</summary>
/// <param name="Party">The pod or address.</param>
/// <param name="Port">The port at the destination, 1–65535.</param>
public readonly record struct ServiceTarget(Party Party, int Port);

/// <summary>A Service's port, followed to its ends as kube-proxy would.</summary>
/// <param name="Service">The Service.</param>
/// <param name="Port">Its port.</param>
/// <param name="Targets">The ends; empty where no pod is behind it or none has the named target port.</param>
/// <param name="Notes">What was found on the way and the user should know, for example a pod that lacks the named target port.</param>
public sealed record ServiceRoute(Service Service, ServicePort Port, ImmutableArray<ServiceTarget> Targets, ImmutableArray<string> Notes);

/// <summary>What an Ingress or a LoadBalancer or NodePort Service opens to the outside.</summary>
/// <param name="Via">The object: <c>Ingress ns/name</c>, <c>Service ns/name</c>.</param>
/// <param name="Type">Ingress, LoadBalancer or NodePort.</param>
/// <param name="Entrance">What a client outside asks for: host and path, or the Service's port.</param>
/// <param name="Destination">The workload behind it; null where nothing is.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="Port">The pods' port; 0 where nothing is behind it.</param>
/// <param name="Outcome">
/// Whether policy lets it through: for an Ingress, whether it admits a controller of which only is known that it is a pod of some namespace;
/// for a Service, whether it admits every address outside.
/// </param>
/// <param name="Reason">One sentence.</param>
/// <param name="Location">Where it is declared.</param>
public sealed record Opening(
    string Via, string Type, string Entrance, ViewEntry? Destination, Protocol Protocol, int Port, Outcome Outcome, string Reason, Location Location);

/// <summary>Services and Ingresses of a cluster, followed to pods.</summary>
public static class ServiceRoutes
{
    /// <summary>Follows one port of a Service; null where the Service has no such port.</summary>
    /// <param name="snapshot">The cluster.</param>
    /// <param name="service">The Service.</param>
    /// <param name="port">The Service's port by number or name.</param>
    /// <param name="protocol">The protocol; null for the first port that fits.</param>
    public static ServiceRoute? Resolve(Snapshot snapshot, Service service, PortReference port, Protocol? protocol) =>
        throw new NotSupportedException($"{snapshot} {service} {port} {protocol}");

    /// <summary>Everything that Ingresses and Services open to the outside, in order of their names.</summary>
    public static ImmutableArray<Opening> Openings(ClusterView view) => throw new NotSupportedException(view.ToString());

    /// <summary>What an ingress controller can open to the workloads behind Ingresses: by workload, certain and possible.</summary>
    public static ImmutableArray<(ViewEntry Destination, Reach Reach)> FromIngressController(ClusterView view) =>
        throw new NotSupportedException(view.ToString());
}
