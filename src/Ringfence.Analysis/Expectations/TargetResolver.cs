using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Expectations;

/// <summary>Finds the destinations of an expectation, and at each of them the connections that its ports mean.</summary>
internal sealed class TargetResolver(Snapshot snapshot, EndResolver ends)
{
    /// <summary>The destinations that some ends of an expectation name.</summary>
    /// <exception cref="InputException">There is none, or no such port.</exception>
    public IEnumerable<Target> Find(IEnumerable<ExpectedEnd> to, ImmutableArray<ExpectedPort> ports, Remarks remarks)
    {
        var found = new List<ImmutableArray<JudgedEnd>>();
        foreach (var end in to)
            if (end is NamedEnd { Endpoint: ServiceText service })
                foreach (var target in Behind(ends.FindService(service), ports, remarks)) yield return target;
            else found.Add(ends.Find(end, asSource: false, remarks));
        foreach (var target in At(ends.Distinct(found, asSource: false), ports, remarks)) yield return target;
    }

    /// <summary>Destinations with the connections that ports mean there; those that have none of the ports are left out.</summary>
    /// <exception cref="InputException">A port is a name that nobody has.</exception>
    public IEnumerable<Target> At(ImmutableArray<JudgedEnd> destinations, ImmutableArray<ExpectedPort> ports, Remarks remarks)
    {
        if (destinations.IsEmpty) return [];
        var names = ports.Where(port => port.Name is not null).ToList();
        var numbers = ports.IsEmpty ? ConnectionSet.All : ports.Except(names).Aggregate(ConnectionSet.None, (sum, port) => sum.Union(Numbers(port)));
        if (names.Count == 0) return [new Target(destinations, numbers)];
        var pods = destinations.SelectMany(end => end.Pods).Select(pod => snapshot.Pods[pod].Pod).ToList();
        foreach (var name in names)
            if (pods.TrueForAll(pod => Named(pod, name).IsEmpty)) throw NoSuchPort(pods, name);
        var found = destinations.SelectMany(end => end.Pods.IsEmpty
            ? [(End: end, Connections: numbers)]
            : end.Pods.GroupBy(pod => names.Aggregate(numbers, (sum, name) => sum.Union(Named(snapshot.Pods[pod].Pod, name))))
                .Select(group => (End: group.Count() == end.Pods.Length ? end : ends.OfPods([.. group]).Single() with { IsNamed = end.IsNamed }, Connections: group.Key))).ToList();
        foreach (var (end, _) in found.Where(item => item.Connections.IsEmpty && !item.End.Pods.IsEmpty))
            remarks.Notes.Add($"{end.Name} has no port '{string.Join("' and no '", names.Select(name => name.Name))}', and is not judged");
        return found.Where(item => !item.Connections.IsEmpty).GroupBy(item => item.Connections).Select(group => new Target([.. group.Select(item => item.End)], group.Key));
    }

    private IEnumerable<Target> Behind(Service service, ImmutableArray<ExpectedPort> ports, Remarks remarks)
    {
        if (service.Ports.IsEmpty) throw new InputException($"the Service {service.QualifiedName} has no ports, so it leads nowhere");
        var behind = new Dictionary<Party, ConnectionSet>();
        foreach (var port in ports.IsEmpty ? service.Ports.AsEnumerable() : ports.Select(port => PortOf(service, port)))
        {
            var route = ServiceRoutes.Resolve(snapshot, service, port);
            remarks.Notes.UnionWith(route.Notes);
            // A port that was asked for and leads nowhere must not pass for the others' sake.
            if (!ports.IsEmpty && route.Targets.IsEmpty) remarks.Missing = remarks.Missing.Add($"a pod behind svc/{service.QualifiedName}");
            foreach (var target in route.Targets)
                behind[target.Party] = behind.GetValueOrDefault(target.Party, ConnectionSet.None).Union(ConnectionSet.Of(port.Protocol, target.Port));
        }

        if (behind.Count == 0) remarks.Missing = remarks.Missing.Add($"a pod behind svc/{service.QualifiedName}");
        return behind.GroupBy(item => item.Value).Select(group => new Target(
            [
                .. ends.OfPods(group.Where(item => item.Key.IsPod).Select(item => item.Key.Pod)).Select(end => end with { IsNamed = true }),
                .. group.Where(item => !item.Key.IsPod).Select(item => ends.OfRange(new AddressRange(item.Key.Address, item.Key.Address), asSource: false)),
            ],
            group.Key));
    }

    // A number means TCP, and another protocol where the Service has it for no other.
    private static ServicePort PortOf(Service service, ExpectedPort port)
    {
        if (port.First != port.Last) throw new InputException($"the Service {service.QualifiedName} has single ports, not the range {port}", "Name the ports one by one, or the workload behind it.");
        var fitting = service.Ports.Where(each => (port.Name is null ? each.Port == port.First : each.Name == port.Name) && (port.Protocol is null || each.Protocol == port.Protocol)).ToList();
        if (fitting.Count > 0) return fitting.Find(each => each.Protocol == Protocol.Tcp) ?? fitting[0];
        var ports = string.Join(", ", service.Ports.Select(each => $"{each.Port}/{each.Protocol.ToText()}{(each.Name is null ? "" : $" ({each.Name})")}"));
        throw new InputException($"the Service {service.QualifiedName} has no port {port}", $"It has {ports}.");
    }

    private static ConnectionSet Numbers(ExpectedPort port) => ConnectionSet.Of(port.Protocol ?? Protocol.Tcp, port.First, port.Last);

    private static ConnectionSet Named(Pod pod, ExpectedPort name) => pod.Network.Ports
        .Where(port => port.Name == name.Name && (name.Protocol is null || name.Protocol == port.Protocol))
        .Aggregate(ConnectionSet.None, (sum, port) => sum.Union(ConnectionSet.Of(port.Protocol, port.Port)));

    private static InputException NoSuchPort(List<Pod> pods, ExpectedPort name)
    {
        if (pods.Count == 0) return new InputException($"the named port '{name}' needs a pod that declares it", "Give the port's number.");
        var names = pods.SelectMany(pod => pod.Network.Ports).Where(port => port.Name is not null)
            .Select(port => $"{port.Name}/{port.Protocol.ToText()} ({port.Port})").Distinct().Order(StringComparer.Ordinal).ToList();
        return new InputException(
            $"no container of the destination has a port named '{name}'", names.Count == 0 ? "It names no ports; give the port's number." : $"It has {string.Join(", ", names.Take(8))}.");
    }
}
