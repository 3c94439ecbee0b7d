using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Lab.Names;

/// <summary>The names of Services and of what is behind them.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/</remarks>
internal static class ServiceNames
{
    private const int All = 100;
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    /// <summary>All records of a cluster's Services.</summary>
    public static IEnumerable<NamedRecord> Of(ClusterObjects state)
    {
        var snapshot = Snapshot.Create(state);
        return state.Services.SelectMany(service => OfService(snapshot, service));
    }

    private static IEnumerable<NamedRecord> OfService(Snapshot snapshot, Service service)
    {
        var name = $"{service.Name}.{service.Namespace}.svc.{ClusterNames.Domain}";
        if (service.Type == "ExternalName")
            return Alias(service) is { } alias ? [new(name, new NameRecord(DnsType.Cname, alias))] : [];
        var ends = Ends(snapshot, service).Distinct().ToArray();
        var ofEnds = ends.SelectMany(end => OfEnd(end, name));
        return service.ClusterIPs.IsEmpty
            ? [.. ofEnds, .. ends.SelectMany(end => OfHeadless(end, name)), .. service.Ports.SelectMany(port => OfHeadlessPort(snapshot, service, port, name))]
            : [.. ofEnds, .. service.ClusterIPs.SelectMany(address => OfClusterAddress(address, name)), .. service.Ports.SelectMany(port => OfPort(port, name))];
    }

    /// <summary>The name outside that a Service is an alias of; null where that cannot be a name.</summary>
    private static string? Alias(Service service)
    {
        var name = service.ExternalName?.TrimEnd('.').ToLowerInvariant() ?? "";
        return name.Length <= LongestName && name.Split('.').All(label => label.Length is > 0 and <= LongestLabel) ? name : null;
    }

    private static NamedRecord[] OfClusterAddress(Address address, string name) =>
        [new(name, new AddressRecord(address)), new(ReverseName.Of(address), new NameRecord(DnsType.Ptr, name))];

    private static IEnumerable<NamedRecord> OfPort(ServicePort port, string name) => Srv(port, name, new ServiceRecord(All, port.Port, name));

    private static IEnumerable<NamedRecord> OfEnd(End end, string name) => end.Labels.Select(label => new NamedRecord($"{label}.{name}", new AddressRecord(end.Address)));

    private static NamedRecord[] OfHeadless(End end, string name) =>
        [new(name, new AddressRecord(end.Address)), new(ReverseName.Of(end.Address), new NameRecord(DnsType.Ptr, $"{end.Labels[0]}.{name}"))];

    private static IEnumerable<NamedRecord> OfHeadlessPort(Snapshot snapshot, Service service, ServicePort port, string name)
    {
        var targets = ServiceRoutes.Resolve(snapshot, service, port).Targets;
        return
            from target in targets
            from end in EndsOf(snapshot, target.Party)
            from record in Srv(port, name, new ServiceRecord(Math.Max(1, All / targets.Length), target.Port, $"{end.Labels[0]}.{name}"))
            select record;
    }

    // Under the port's own name, and with all others under the Service's.
    private static IEnumerable<NamedRecord> Srv(ServicePort port, string name, ServiceRecord record)
    {
        if (port.Name is not null) yield return new NamedRecord($"_{port.Name}._{port.Protocol.ToText().ToLowerInvariant()}.{name}", record);
        yield return new NamedRecord(name, record);
    }

    private static IEnumerable<End> Ends(Snapshot snapshot, Service service) =>
        service.Selector is { Count: > 0 } selector
            ? snapshot.Pods.Select(item => item.Pod)
                .Where(pod => pod.Namespace == service.Namespace && selector.All(pair => pod.Labels[pair.Key] == pair.Value))
                .SelectMany(EndsOf)
            : snapshot.Objects.EndpointSlices
                .Where(slice => slice.Namespace == service.Namespace && slice.ServiceName == service.Name)
                .SelectMany(slice => slice.Endpoints)
                .Select(endpoint => new End(endpoint.Address, null));

    private static IEnumerable<End> EndsOf(Snapshot snapshot, Party party) => party.IsPod ? EndsOf(snapshot.Pods[party.Pod].Pod) : [new End(party.Address, null)];

    // https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
    private static IEnumerable<End> EndsOf(Pod pod) => pod.Addresses.Select(address => new End(address, pod.Owner?.Kind == "StatefulSet" ? pod.Name : null));

    /// <summary>Something behind a Service.</summary>
    /// <param name="Address">Where it is.</param>
    /// <param name="HostName">Its name under the Service; null where it has none but its address.</param>
    private sealed record End(Address Address, string? HostName)
    {
        /// <summary>Its labels under the Service's name, the chosen one first.</summary>
        public string[] Labels => HostName is null ? [DashedAddress.Of(Address)] : [HostName, DashedAddress.Of(Address)];
    }
}
