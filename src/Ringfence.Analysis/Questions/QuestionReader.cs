using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Questions;

/// <summary>Turns two endpoints as written into a question about pods, addresses and ports.</summary>
public sealed class QuestionReader(Reachability reachability)
{
    private readonly Snapshot _snapshot = reachability.Snapshot;
    private readonly Lazy<ClusterView> _view = new(() => ClusterView.Create(reachability));

    /// <summary>Reads a question.</summary>
    /// <exception cref="InputException">It cannot be understood, or names something that is not there.</exception>
    public Question Read(string source, string destination, string defaultNamespace)
    {
        var from = EndpointSyntax.Parse(source, defaultNamespace);
        var to = EndpointSyntax.Parse(destination, defaultNamespace);
        if (from.Port is not null) throw new InputException($"'{source}' has a port, but a port belongs to the destination");
        if (from is ServiceText) throw new InputException($"'{source}' cannot be a source: a Service opens no connections", "Name the workload behind it: ns/name.");

        var finder = new EndpointFinder(_snapshot);
        var (sender, receiver) = (finder.Find(from), finder.Find(to));
        foreach (var end in (Endpoint[])[sender, receiver])
            if (end is NamespaceEndpoint or EveryoneEndpoint)
                throw new InputException($"'{end.Name}' is more than one question can be about", "Ask about one workload or address at a time: ns/name.");
        if (sender is not PodsEndpoint && receiver is not (PodsEndpoint or ServiceEndpoint))
            throw new InputException($"neither '{sender.Name}' nor '{receiver.Name}' is a pod: policies only judge traffic of pods");

        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (var end in (Endpoint[])[sender, receiver])
            if (end.Note is not null) notes.Add(end.Note);
        var sources = Ends(sender, asSource: true);
        ImmutableArray<ServiceRoute> routes = [];
        ImmutableArray<FlowTarget> targets;
        if (receiver is ServiceEndpoint service)
        {
            routes = Routes(service.Service, to.Port);
            targets = [.. routes.SelectMany(route => route.Targets.Select(target => new FlowTarget(End(target.Party), route.Port.Protocol, target.Port)))];
            notes.AddRange(routes.SelectMany(route => route.Notes));
        }
        else
        {
            targets = Targets(Ends(receiver, asSource: false), receiver, to.Port, notes);
        }

        return new Question(sender, receiver, to.Port, sources, targets) { Routes = routes, Notes = notes.ToImmutable() };
    }

    private ImmutableArray<FlowEnd> Ends(Endpoint endpoint, bool asSource) => endpoint switch
    {
        PodsEndpoint { Pods: [var pod] } one => [new FlowEnd(one.Name, Party.OfPod(pod))],
        PodsEndpoint several => [.. several.Pods.Select(pod => End(Party.OfPod(pod)))],
        AddressEndpoint address => [new FlowEnd(address.Name, Party.OfAddress(address.Address))],
        OutsideEndpoint outside => Ranges(outside, asSource),
        _ => [],
    };

    private FlowEnd End(Party party)
    {
        if (!party.IsPod) return new FlowEnd(party.Address.ToString(), party);
        var pod = _snapshot.Pods[party.Pod];
        return new FlowEnd(pod.FromTemplate ? pod.Workload.ToString() : pod.Pod.QualifiedName, party);
    }

    private ImmutableArray<FlowEnd> Ranges(OutsideEndpoint outside, bool asSource)
    {
        var inside = new HashSet<Address>(_snapshot.Pods.SelectMany(pod => pod.Pod.Addresses.Concat(pod.Pod.HostAddresses)));
        inside.UnionWith(_snapshot.Objects.Nodes.SelectMany(node => node.Addresses));
        var ranges = (asSource ? _view.Value.OutsideSources : _view.Value.OutsideDestinations).Select(entry => entry.Range!.Value);
        if (outside.Within is { } block)
        {
            // IPv6 is cut only where the input has IPv6; what is not cut, policies do not tell apart.
            var cut = ranges.Where(range => range.First.Family == block.First.Family).ToList();
            ranges = cut.Count == 0
                ? [block]
                : cut.Where(range => range.First <= block.Last && block.First <= range.Last)
                    .Select(range => new AddressRange(Later(range.First, block.First), Earlier(range.Last, block.Last)));
        }

        var ends = ImmutableArray.CreateBuilder<FlowEnd>();
        foreach (var range in ranges)
            if (Outside(range, inside) is { } address)
                ends.Add(new FlowEnd(range.ToString(), Party.OfAddress(address), range));
        return ends.Count > 0
            ? ends.ToImmutable()
            : throw new InputException($"every address of '{outside.Name}' belongs to a pod or node: name the pod itself");
    }

    // A pod's or node's address would be judged as that pod or node.
    private static Address? Outside(AddressRange range, HashSet<Address> inside)
    {
        for (var address = range.First; ; address = new Address(address.Family, address.Value + 1))
        {
            if (!inside.Contains(address)) return address;
            if (address == range.Last) return null;
        }
    }

    private ImmutableArray<FlowTarget> Targets(ImmutableArray<FlowEnd> ends, Endpoint destination, PortText? port, ImmutableArray<string>.Builder notes)
    {
        if (port is null) return [.. ends.Select(end => new FlowTarget(end, null, 0))];
        if (port.Name is null) return [.. ends.Select(end => new FlowTarget(end, port.Protocol ?? Protocol.Tcp, port.Number))];
        if (destination is not PodsEndpoint)
            throw new InputException($"the named port '{port.Name}' needs a pod that declares it, and '{destination.Name}' is none", "Give the port's number.");

        var named = ends.SelectMany(end => Ports(end)).Where(found => found.Port.Name == port.Name).ToList();
        var protocol = port.Protocol ?? (named.Exists(found => found.Port.Protocol == Protocol.Tcp) ? Protocol.Tcp : named.FirstOrDefault().Port?.Protocol);
        var targets = named
            .Where(found => found.Port.Protocol == protocol)
            .Select(found => new FlowTarget(found.End, protocol, found.Port.Port))
            .Distinct()
            .ToImmutableArray();
        if (targets.IsEmpty) throw NoSuchPort(ends, destination, port);
        var lacking = ends.Length - targets.Select(target => target.End).Distinct().Count();
        if (lacking > 0) notes.Add($"{Counted.Of(lacking, "pod")} of {destination.Name} have no port '{port.Name}', and are not judged");
        return targets;
    }

    private IEnumerable<(FlowEnd End, ContainerPort Port)> Ports(FlowEnd end) =>
        _snapshot.Pods[end.Party.Pod].Pod.Network.Ports.Select(port => (end, port));

    private InputException NoSuchPort(ImmutableArray<FlowEnd> ends, Endpoint destination, PortText port)
    {
        var names = ends.SelectMany(Ports).Where(found => found.Port.Name is not null)
            .Select(found => $"{found.Port.Name}/{found.Port.Protocol.ToText()} ({found.Port.Port})").Distinct().Order(StringComparer.Ordinal).ToList();
        return new InputException(
            $"no container of {destination.Name} has a port named '{port.Name}'{(port.Protocol is { } protocol ? $" with protocol {protocol.ToText()}" : "")}",
            names.Count == 0 ? "It names no ports; give the port's number." : $"It has {string.Join(", ", names)}.");
    }

    private ImmutableArray<ServiceRoute> Routes(Service service, PortText? port)
    {
        if (service.Ports.IsEmpty) throw new InputException($"the Service {service.QualifiedName} has no ports, so it leads nowhere");
        if (port is null)
            return [.. service.Ports.Select(each => ServiceRoutes.Resolve(_snapshot, service, new PortReference(each.Port, null), each.Protocol)).OfType<ServiceRoute>()];
        var route = ServiceRoutes.Resolve(_snapshot, service, new PortReference(port.Number, port.Name), port.Protocol);
        if (route is not null) return [route];
        var ports = string.Join(", ", service.Ports.Select(each => $"{each.Port}/{each.Protocol.ToText()}{(each.Name is null ? "" : $" ({each.Name})")}"));
        throw new InputException($"the Service {service.QualifiedName} has no port {port}", $"It has {ports}.");
    }

    private static Address Later(Address a, Address b) => a > b ? a : b;

    private static Address Earlier(Address a, Address b) => a < b ? a : b;
}
