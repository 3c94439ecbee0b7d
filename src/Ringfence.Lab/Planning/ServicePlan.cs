using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Lab.Planning;

/// <summary>Gives Services cluster addresses and node ports, as the API server does; a Service keeps those that it has.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/</remarks>
internal sealed class ServicePlan(LabFamilies families)
{
    private const int DnsPlace = 10;

    // The lower places are left to those who ask for an address.
    private const int FirstPlace = 256;
    private const int LastPlace = 0xfffe;
    private const int FirstNodePort = 30000;
    private const int LastNodePort = 32767;

    private readonly Dictionary<string, Service> _given = [];

    /// <summary>The Services with their addresses and node ports.</summary>
    public ImmutableArray<Service> Complete(ImmutableArray<Service> services)
    {
        var addresses = new HashSet<Address>();
        var ports = new HashSet<(Protocol, int)>();
        var kept = services.ToDictionary(service => service.QualifiedName, service => Keep(service, addresses, ports), StringComparer.Ordinal);
        var completed = services.Select(service => Complete(kept[service.QualifiedName], addresses, ports)).ToImmutableArray();
        _given.Clear();
        foreach (var service in completed) _given[service.QualifiedName] = service;
        return completed;
    }

    /// <summary>What the Service asks for or has had.</summary>
    private Service Keep(Service service, HashSet<Address> addresses, HashSet<(Protocol, int)> ports)
    {
        if (service.Type == "ExternalName" || service.IsHeadless) return service with { ClusterIPs = [] };
        var before = _given.GetValueOrDefault(service.QualifiedName);
        IEnumerable<Address> known = [.. service.ClusterIPs, .. before?.ClusterIPs ?? []];
        if (service is { Namespace: ClusterDns.Namespace, Name: ClusterDns.Name })
            known = known.Concat(LabAddresses.Families(families).Select(family => LabAddresses.At(LabAddresses.Of(LabAddresses.Services, family), DnsPlace)));
        var chosen = ImmutableArray.CreateBuilder<Address>();
        foreach (var family in LabAddresses.Families(families))
            foreach (var address in known)
                if (address.Family == family && LabAddresses.Of(LabAddresses.Services, family).Contains(address) && addresses.Add(address))
                {
                    chosen.Add(address);
                    break;
                }

        return service with
        {
            ClusterIPs = chosen.DrainToImmutable(),
            Ports =
            [
                .. service.Ports.Select(port =>
                {
                    var wanted = port.NodePort ?? before?.Ports.FirstOrDefault(had => had.Port == port.Port && had.Protocol == port.Protocol)?.NodePort;
                    return port with { NodePort = HasNodePorts(service) && wanted is { } number && ports.Add((port.Protocol, number)) ? number : null };
                }),
            ],
        };
    }

    private Service Complete(Service service, HashSet<Address> addresses, HashSet<(Protocol, int)> ports)
    {
        if (service.Type == "ExternalName" || service.IsHeadless) return service;
        var missing = LabAddresses.Families(families).Where(family => !service.ClusterIPs.Any(address => address.Family == family));
        return service with
        {
            ClusterIPs = [.. service.ClusterIPs.Concat(missing.Select(family => Free(family, addresses)).ToArray()).Order()],
            Ports = [.. service.Ports.Select(port => port.NodePort is null && HasNodePorts(service) ? port with { NodePort = Free(port.Protocol, ports) } : port)],
        };
    }

    private static bool HasNodePorts(Service service) => service.Type is "NodePort" or "LoadBalancer";

    private static Address Free(IpFamily family, HashSet<Address> used) =>
        Enumerable.Range(FirstPlace, LastPlace - FirstPlace)
            .Select(place => (Address?)LabAddresses.At(LabAddresses.Of(LabAddresses.Services, family), place))
            .FirstOrDefault(address => used.Add(address!.Value)) ?? throw new LabException("there are more Services than a lab has cluster addresses for", "Leave Services out.");

    private static int Free(Protocol protocol, HashSet<(Protocol, int)> used) =>
        Enumerable.Range(FirstNodePort, LastNodePort - FirstNodePort + 1).Cast<int?>().FirstOrDefault(port => used.Add((protocol, port!.Value))) ?? throw new LabException(
            $"Services ask for more {protocol.ToText()} node ports than the {LastNodePort - FirstNodePort + 1} that there are ({FirstNodePort} to {LastNodePort})",
            "Make some Services of type ClusterIP.");
}
