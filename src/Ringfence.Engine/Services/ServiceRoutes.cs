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

/// <summary>Services of a cluster, followed to pods.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports</remarks>
public static class ServiceRoutes
{
    /// <summary>Follows one port of a Service; null where the Service has no such port.</summary>
    /// <param name="snapshot">The cluster.</param>
    /// <param name="service">The Service.</param>
    /// <param name="port">The Service's port by number or name.</param>
    /// <param name="protocol">The protocol; null for the first port that fits.</param>
    public static ServiceRoute? Resolve(Snapshot snapshot, Service service, PortReference port, Protocol? protocol)
    {
        var found = service.Ports.FirstOrDefault(item =>
            (port.Name is null ? item.Port == port.Number : item.Name == port.Name) && (protocol is null || item.Protocol == protocol));
        return found is null ? null : Resolve(snapshot, service, found);
    }

    /// <summary>Follows one port of a Service.</summary>
    /// <param name="snapshot">The cluster.</param>
    /// <param name="service">The Service.</param>
    /// <param name="port">A port of it.</param>
    public static ServiceRoute Resolve(Snapshot snapshot, Service service, ServicePort port)
    {
        if (service.Type == "ExternalName")
            return new ServiceRoute(service, port, [], [$"{service.Describe()} is an alias of an external name, which policies cannot see"]);
        return service.Selector is { Count: > 0 } selector
            ? BySelector(snapshot, service, port, selector)
            : BySlices(snapshot, service, port);
    }

    private static ServiceRoute BySelector(Snapshot snapshot, Service service, ServicePort port, LabelSet selector)
    {
        var targets = ImmutableArray.CreateBuilder<ServiceTarget>();
        var notes = new SortedSet<string>(StringComparer.Ordinal);
        var behind = 0;
        for (var i = 0; i < snapshot.Pods.Length; i++)
        {
            var pod = snapshot.Pods[i].Pod;
            if (pod.Namespace != service.Namespace || !selector.All(pair => pod.Labels[pair.Key] == pair.Value)) continue;
            behind++;
            if (port.TargetPort.Name is not { } name)
            {
                targets.Add(new ServiceTarget(Party.OfPod(i), port.TargetPort.Number));
                continue;
            }

            var named = pod.Network.Ports.FirstOrDefault(item => item.Name == name && item.Protocol == port.Protocol);
            if (named is not null) targets.Add(new ServiceTarget(Party.OfPod(i), named.Port));
            else notes.Add($"{snapshot.Pods[i].Workload} has no {port.Protocol.ToText()} port named \"{name}\", so it gets no traffic of {service.Describe()}");
        }

        if (behind == 0) notes.Add($"no pod has the labels {selector} that {service.Describe()} selects");
        return new ServiceRoute(service, port, targets.DrainToImmutable(), [.. notes]);
    }

    private static ServiceRoute BySlices(Snapshot snapshot, Service service, ServicePort port)
    {
        var targets = ImmutableArray.CreateBuilder<ServiceTarget>();
        foreach (var slice in snapshot.Objects.EndpointSlices)
        {
            if (slice.Namespace != service.Namespace || slice.ServiceName != service.Name) continue;
            foreach (var slicePort in slice.Ports)
            {
                if ((slicePort.Name ?? "") != (port.Name ?? "") || slicePort.Protocol != port.Protocol) continue;
                foreach (var (address, podName) in slice.Endpoints)
                {
                    var pod = podName is null ? -1 : snapshot.FindPod(slice.Namespace, podName);
                    if (pod < 0) pod = snapshot.FindPod(address);
                    targets.Add(new ServiceTarget(pod < 0 ? Party.OfAddress(address) : Party.OfPod(pod), slicePort.Port));
                }
            }
        }

        ImmutableArray<string> notes = targets.Count > 0
            ? []
            : [$"{service.Describe()} has no selector and no EndpointSlice in the input says what is behind it"];
        return new ServiceRoute(service, port, targets.DrainToImmutable(), notes);
    }
}
