using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>Finds the sides of wanted flows in a cluster, and what stands in the way of naming them in policies.</summary>
internal sealed class FlowFinder(Snapshot snapshot)
{
    private readonly EndpointFinder _endpoints = new(snapshot);
    private readonly SelectorFinder _selectors = new(snapshot);
    private readonly Dictionary<EndpointText, IReadOnlyList<FlowSide>> _sides = [];
    private readonly Dictionary<string, Obstacle> _obstacles = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _notes = new(StringComparer.Ordinal);

    /// <summary>What cannot be had, or not exactly.</summary>
    public IReadOnlyCollection<Obstacle> Obstacles => _obstacles.Values;

    /// <summary>How flows were understood.</summary>
    public IReadOnlyCollection<string> Notes => _notes;

    /// <summary>The namespaces of all that was found.</summary>
    public HashSet<string> Namespaces { get; } = new(StringComparer.Ordinal);

    /// <summary>Finds what a flow means: one flow for each side that policies name apart.</summary>
    /// <exception cref="InputException">It names something that is not there.</exception>
    public IEnumerable<FoundFlow> Find(WantedFlow flow)
    {
        var destinations = flow.Destination is ServiceText service ? Behind(service, flow.Ports) : Direct(flow);
        var sources = Sides(flow.Source);
        if (sources.All(side => side is AddressSide) && destinations.All(item => item.Side is AddressSide) && sources.Count > 0 && destinations.Count > 0)
            throw new InputException($"neither '{flow.Source.Text}' nor '{flow.Destination.Text}' is a pod: policies only concern traffic of pods");
        foreach (var source in sources)
            foreach (var (side, ports) in destinations)
                yield return new FoundFlow(source, side, Expressible(ports, flow), flow.Origin);
    }

    /// <summary>The pods of a workload, or a part of them, as policies name them; null where they cannot.</summary>
    public SelectedSide? Select(string name, string shortName, ImmutableArray<int> pods)
    {
        Namespaces.UnionWith(pods.Select(pod => snapshot.Pods[pod].Pod.Namespace));
        var own = pods.RemoveAll(pod => snapshot.Pods[pod].Pod.Network.HostNetwork);
        if (own.Length < pods.Length)
            Hinder(name, own.IsEmpty
                ? "its pods use their node's network, and policies cannot tell them from their node: name the nodes' addresses instead"
                : "some of its pods use their node's network, and policies cannot tell them from their node");
        if (own.IsEmpty) return null;
        var @namespace = snapshot.Pods[own[0]].Pod.Namespace;
        var choice = _selectors.Choose(@namespace, own, shortName);
        if (choice.Selector is null)
        {
            Hinder(name, "its pods have no stable label in common, so no policy can name them: give them one, for example app: " + shortName);
            return null;
        }

        if (!choice.IsExact)
        {
            var beside = choice.Beside.Select(NameOf).Distinct().Order(StringComparer.Ordinal).ToList();
            Hinder(name, $"labels cannot tell it from {Listed(beside)}: {choice.Selector}, the nearest, selects {(beside.Count == 1 ? "it" : "them")} too; give one of them a label of its own");
        }

        return new SelectedSide(name, own, @namespace, shortName, choice.Selector);
    }

    private IReadOnlyList<FlowSide> Sides(EndpointText text)
    {
        if (_sides.TryGetValue(text with { Port = null }, out var known)) return known;
        var sides = text is SelectedText selected ? Labelled(selected) : _endpoints.Find(text) switch
        {
            PodsEndpoint pods => Optional(Select(pods.Name, ShortName(pods), pods.Pods)),
            NamespaceEndpoint { Namespace: { } name } all => [new NamespaceSide(all.Name, name)],
            NamespaceEndpoint every => [new ClusterSide(every.Name)],
            EveryoneEndpoint everyone => [new EveryoneSide(everyone.Name)],
            AddressEndpoint address => [new AddressSide(address.Name, [new AddressRange(address.Address, address.Address)])],
            OutsideEndpoint { Within: { } range } within => [new AddressSide(within.Name, [range])],
            OutsideEndpoint outside => [Outside(outside.Name)],
            _ => (IReadOnlyList<FlowSide>)[],
        };
        Namespaces.UnionWith(sides.OfType<NamespaceSide>().Select(side => side.Namespace));
        Namespaces.UnionWith(sides.OfType<SelectedSide>().Select(side => side.Namespace));
        _sides[text with { Port = null }] = sides;
        return sides;
    }

    // Labels that somebody wrote are meant as they are, also for pods to come.
    private List<FlowSide> Labelled(SelectedText text)
    {
        var sides = new List<FlowSide>();
        foreach (var @namespace in snapshot.Namespaces)
        {
            if (text.Namespace is { } name ? @namespace.Name != name : !text.Namespaces!.Matches(@namespace.Labels)) continue;
            var pods = Enumerable.Range(0, snapshot.Pods.Length).Where(i =>
                snapshot.Pods[i].Pod is var pod && pod.Namespace == @namespace.Name && !pod.Network.HostNetwork && text.Pods.Matches(pod.Labels)).ToImmutableArray();
            if (pods.IsEmpty) continue;
            sides.Add(text.Pods.IsEverything
                ? new NamespaceSide($"{@namespace.Name}/*", @namespace.Name)
                : new SelectedSide(text.Text, pods, @namespace.Name, snapshot.Pods[pods[0]].Workload.Name, text.Pods));
        }

        return sides.Count > 0 ? sides : throw new InputException($"there are no {text.Text} in the input");
    }

    private List<(FlowSide Side, FlowPorts Ports)> Direct(WantedFlow flow) =>
        [.. Sides(flow.Destination).Select(side => (side, flow.Ports is { } ports ? Named(side, ports, flow) : Declared(side)))];

    // Without ports those are meant that the workload says it listens on.
    private FlowPorts Declared(FlowSide side)
    {
        if (side is not SelectedSide selected) return FlowPorts.All;
        var declared = selected.Pods.SelectMany(pod => snapshot.Pods[pod].Pod.Network.Ports)
            .Aggregate(ConnectionSet.None, (ports, port) => ports.Union(ConnectionSet.Of(port.Protocol, port.Port)));
        _notes.Add(declared.IsEmpty
            ? $"no port was asked for at {side.Name}, and it declares none: every connection is opened"
            : $"no port was asked for at {side.Name}: {declared}, which it declares, is opened");
        return declared.IsEmpty ? FlowPorts.All : FlowPorts.Of(declared);
    }

    private FlowPorts Named(FlowSide side, PortList ports, WantedFlow flow)
    {
        if (ports.Names.IsEmpty) return FlowPorts.Of(ports.Numbers);
        if (side is not SelectedSide selected) throw new InputException($"the named port '{ports.Names[0].Name}' needs a workload that declares it, and '{flow.Destination.Text}' is none", "Give the port's number.");
        var result = FlowPorts.Of(ports.Numbers);
        foreach (var (name, protocol) in ports.Names)
        {
            var found = selected.Pods.SelectMany(pod => snapshot.Pods[pod].Pod.Network.Ports.Where(port => port.Name == name && (protocol is null || port.Protocol == protocol))).ToList();
            if (found.Count == 0)
            {
                var known = selected.Pods.SelectMany(pod => snapshot.Pods[pod].Pod.Network.Ports).Select(port => port.Name).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
                throw new InputException($"no container of {side.Name} has a port named '{name}'", known.Count == 0 ? "It names no ports; give the port's number." : $"It has {string.Join(", ", known)}.");
            }

            result = result.Union(OfName(selected.Pods, name, [.. found.Select(port => port.Protocol).Distinct()]));
        }

        return result;
    }

    // A number says more than a name, unless pods give the name to different numbers.
    private FlowPorts OfName(ImmutableArray<int> pods, string name, ImmutableArray<Protocol> protocols)
    {
        var named = new FlowPorts(ConnectionSet.None, [.. protocols.Order().Select(protocol => new PortName(protocol, name))]);
        var numbers = pods.Select(pod => named.At(snapshot.Pods[pod].Pod)).Distinct().ToList();
        return numbers is [var one] ? FlowPorts.Of(one) : named;
    }

    // A policy's ports are the pods' own, never the Service's.
    private List<(FlowSide Side, FlowPorts Ports)> Behind(ServiceText text, PortList? ports)
    {
        var service = ((ServiceEndpoint)_endpoints.Find(text)).Service;
        var result = new List<(FlowSide, FlowPorts)>();
        foreach (var port in Asked(service, ports))
        {
            var route = ServiceRoutes.Resolve(snapshot, service, port);
            var pods = route.Targets.Where(target => target.Party.IsPod).Select(target => target.Party.Pod).Distinct().ToImmutableArray();
            if (route.Targets.IsEmpty) Hinder($"svc/{service.QualifiedName}:{port.Port}", string.Join("; ", route.Notes));
            else foreach (var note in route.Notes) _notes.Add(note);
            foreach (var group in pods.GroupBy(pod => snapshot.Pods[pod].Workload))
            {
                if (Select(group.Key.ToString(), group.Key.Name, [.. group]) is not { } side) continue;
                var numbers = route.Targets.Where(target => target.Party.IsPod && group.Contains(target.Party.Pod)).Select(target => target.Port).Distinct().ToList();
                result.Add((side, numbers.Count > 1 && port.TargetPort.Name is { } name
                    ? new FlowPorts(ConnectionSet.None, [new PortName(port.Protocol, name)])
                    : FlowPorts.Of(numbers.Aggregate(ConnectionSet.None, (all, number) => all.Union(ConnectionSet.Of(port.Protocol, number))))));
            }

            result.AddRange(route.Targets.Where(target => !target.Party.IsPod).Select(target =>
                ((FlowSide)new AddressSide(target.Party.Address.ToString(), [new AddressRange(target.Party.Address, target.Party.Address)]),
                    FlowPorts.Of(ConnectionSet.Of(port.Protocol, target.Port)))));
        }

        return result;
    }

    private static IEnumerable<ServicePort> Asked(Service service, PortList? ports)
    {
        if (ports is null) return service.Ports;
        var asked = service.Ports.Where(port => ports.Numbers.Contains(port.Protocol, port.Port)
            || ports.Names.Any(name => name.Name == port.Name && (name.Protocol ?? port.Protocol) == port.Protocol)).ToList();
        return asked.Count > 0
            ? asked
            : throw new InputException($"the Service {service.QualifiedName} has no such port",
                $"It has {string.Join(", ", service.Ports.Select(port => $"{port.Port}/{port.Protocol.ToText()}{(port.Name is null ? "" : $" ({port.Name})")}"))}.");
    }

    // Policies can name ports of three protocols, or everything.
    private FlowPorts Expressible(FlowPorts ports, WantedFlow flow)
    {
        if (!ports.Numbers.OtherProtocols || ports.Numbers.IsAll) return ports;
        Hinder(flow.Asked, "a policy can name TCP, UDP and SCTP, or everything, but not other protocols alone");
        return ports with { Numbers = ports.Numbers.Except(ConnectionSet.All.Except(Three)) };
    }

    private static readonly ConnectionSet Three =
        ConnectionSet.Of(Protocol.Tcp).Union(ConnectionSet.Of(Protocol.Udp)).Union(ConnectionSet.Of(Protocol.Sctp));

    // Pods have addresses too: where the nodes say which ranges are theirs, those are left out.
    private AddressSide Outside(string name)
    {
        var families = snapshot.Objects.Nodes.SelectMany(node => node.Addresses.Concat(node.PodCidrs.Select(cidr => cidr.First)))
            .Concat(snapshot.Pods.SelectMany(pod => pod.Pod.Addresses))
            .Select(address => address.Family).Append(IpFamily.V4).Distinct().Order().ToList();
        var pods = AddressRanges.Join(snapshot.Objects.Nodes.SelectMany(node => node.PodCidrs).Select(cidr => new AddressRange(cidr.First, cidr.Last)));
        return new AddressSide(name, [.. families.SelectMany(family => AddressRanges.Without(new AddressRange(Address.Min(family), Address.Max(family)), pods))]);
    }

    private string ShortName(PodsEndpoint pods) =>
        pods.Pods is [var one] && !pods.AsWorkload && !snapshot.Pods[one].FromTemplate ? snapshot.Pods[one].Pod.Name : snapshot.Pods[pods.Pods[0]].Workload.Name;

    private string NameOf(int pod) => snapshot.Pods[pod].Workload.ToString();

    private void Hinder(string what, string why) => _obstacles[$"{what} {why}"] = new Obstacle(what, why);

    private static IReadOnlyList<FlowSide> Optional(FlowSide? side) => side is null ? [] : [side];

    private static string Listed(List<string> names) => names.Count <= 3 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(3))} and {names.Count - 3} more";
}
