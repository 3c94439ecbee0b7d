using Ringfence.Analysis.Endpoints;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation.Observed;

/// <summary>
/// Reads logs of connections as wanted flows: Ringfence's own flow log, conntrack, and Hubble, a line each and told apart line by line. Pods are found by
/// name and by address, Services by address. Only what differs is kept, so that a log may be of any length.
/// </summary>
public sealed class ObservedFlows
{
    private const int MostTold = 5;
    private const int ManyAddresses = 20;

    private readonly Snapshot _snapshot;
    private readonly HashSet<Address> _nodes;
    private readonly Dictionary<Address, Service> _services = [];
    private readonly Dictionary<(string, string), NamedText> _workloads = [];
    private readonly Dictionary<(EndpointText Source, EndpointText Destination, Protocol Protocol, int Port), long> _seen = [];
    private readonly SortedDictionary<LeftOut, long> _leftOut = [];
    private readonly List<string> _notes = [];
    private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);
    private long _unknownLines;
    private long _nodeLines;
    private long _badLines;

    /// <summary>Reads for a cluster.</summary>
    public ObservedFlows(Snapshot snapshot)
    {
        _snapshot = snapshot;
        _nodes = [.. snapshot.Objects.Nodes.SelectMany(node => node.Addresses), .. snapshot.Pods.SelectMany(pod => pod.Pod.HostAddresses)];
        foreach (var service in snapshot.Objects.Services)
            foreach (var address in service.ClusterIPs) _services.TryAdd(address, service);
        foreach (var pod in snapshot.Pods)
        {
            var workload = pod.Workload;
            _workloads.TryAdd((workload.Namespace, workload.Name), new NamedText($"{workload.Namespace}/{workload.Name}", null, workload.Namespace, workload.Kind.Length == 0 ? null : workload.Kind, workload.Name));
        }
    }

    /// <summary>Reads a log to its end. Lines that say nothing are counted, and told in the notes.</summary>
    public WantedFlows Read(TextReader reader, string file)
    {
        long number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            var text = line.AsSpan().Trim().TrimStart('\uFEFF');
            if (text.IsEmpty || text.StartsWith("conntrack v")) continue;
            var read = text[0] == '{' ? JsonLines.Read(text.ToString()) : ConntrackLines.Read(text.ToString());
            if (read.Flow is { } flow) Take(flow);
            else if (read.LeftOut is { } reason) _leftOut[reason] = _leftOut.GetValueOrDefault(reason) + 1;
            else if (_badLines++ < MostTold) _notes.Add($"{file}:{number}: this line is of no known flow log, and is left out");
        }

        if (_badLines > MostTold) _notes.Add($"{file}: … and {_badLines - MostTold} more lines of no known flow log");
        if (number == 0) _notes.Add($"{file} is empty");
        foreach (var (reason, count) in _leftOut) _notes.Add($"{file}: {Counted.Of(count, "line")} left out: {Words(reason)}");
        if (_nodeLines > 0) _notes.Add($"{file}: {Counted.Of(_nodeLines, "line")} left out: an end is a node, or a pod on its node's network");
        if (_unknownLines > 0)
            _notes.Add($"{file}: {Counted.Of(_unknownLines, "line")} left out: the input has no {string.Join(", ", _unknown.Take(MostTold))}{(_unknown.Count > MostTold ? $" and {_unknown.Count - MostTold} more" : "")}");
        TellMany();
        return new WantedFlows(
            [
                .. _seen.OrderBy(pair => pair.Key.Source.Text, StringComparer.Ordinal).ThenBy(pair => pair.Key.Destination.Text, StringComparer.Ordinal)
                    .ThenBy(pair => pair.Key.Protocol).ThenBy(pair => pair.Key.Port)
                    .Select(pair => new WantedFlow(pair.Key.Source, pair.Key.Destination, new PortList(ConnectionSet.Of(pair.Key.Protocol, pair.Key.Port), []),
                        $"seen {Counted.Of(pair.Value, "time")}", default)),
            ],
            [.. _notes]);
    }

    private void Take(ObservedFlow flow)
    {
        if (End(flow.Source) is not { } source) return;
        if (flow.Destination.Pod is null && _services.TryGetValue(flow.Destination.Address, out var service))
        {
            // Seen before translation: where it led to the input must say.
            if (service.Ports.Any(port => port.Port == flow.Port && port.Protocol == flow.Protocol))
                Count(source, new ServiceText($"svc/{service.QualifiedName}", null, service.Namespace, service.Name), flow);
            else Unknown($"svc/{service.QualifiedName}:{flow.Port}/{flow.Protocol.ToText()}");
            return;
        }

        // A pod reaches itself whatever policies say; two addresses outside concern none.
        if (End(flow.Destination) is not { } destination || flow.Source.Address == flow.Destination.Address || (source is AddressText && destination is AddressText)) return;
        Count(source, destination, flow);
    }

    private void Count(EndpointText source, EndpointText destination, ObservedFlow flow)
    {
        var key = (source, destination, flow.Protocol, flow.Port);
        _seen[key] = _seen.GetValueOrDefault(key) + 1;
    }

    // Null where it is a node, or a pod that the input lacks.
    private EndpointText? End(ObservedEnd end)
    {
        // Pods come and go; what they are called after stays.
        var known = _snapshot.FindPod(end.Address);
        var pod = end is { Namespace: { } @namespace, Pod: { } name } ? _snapshot.FindPod(@namespace, name) : -1;
        if (pod < 0 && end.Pod is null) pod = known;
        if (pod >= 0)
        {
            if (!_snapshot.Pods[pod].Pod.Network.HostNetwork) return _workloads[(_snapshot.Pods[pod].Workload.Namespace, _snapshot.Pods[pod].Workload.Name)];
            _nodeLines++;
            return null;
        }

        if (end is { Namespace: { } space, Workload: { } workload } && _workloads.TryGetValue((space, workload), out var text)) return text;
        if (end is { Namespace: { } own, Pod: { } gone })
        {
            // A pod's name begins with its workload's.
            for (var hyphen = gone.LastIndexOf('-'); hyphen > 0; hyphen = gone.LastIndexOf('-', hyphen - 1))
                if (_workloads.TryGetValue((own, gone[..hyphen]), out var former)) return former;
            Unknown($"{own}/{end.Workload ?? gone}");
            return null;
        }

        if (!_nodes.Contains(end.Address)) return new AddressText(end.Address.ToString(), null, end.Address);
        _nodeLines++;
        return null;
    }

    // A rule for each of many addresses helps nobody who reads it.
    private void TellMany()
    {
        foreach (var group in _seen.Keys.Where(key => key.Source is AddressText).GroupBy(key => (key.Destination, key.Protocol, key.Port)).Where(group => group.Count() > ManyAddresses))
            _notes.Add($"{group.Count()} addresses ask {group.Key.Destination.Text}:{group.Key.Port}: if anybody may, say 'external -> {group.Key.Destination.Text}:{group.Key.Port}'");
        foreach (var group in _seen.Keys.Where(key => key.Destination is AddressText).GroupBy(key => (key.Source, key.Protocol, key.Port)).Where(group => group.Count() > ManyAddresses))
            _notes.Add($"{group.Key.Source.Text} asks {group.Count()} addresses on port {group.Key.Port}: if their network is known, say '{group.Key.Source.Text} -> CIDR:{group.Key.Port}'");
    }

    private void Unknown(string name)
    {
        _unknownLines++;
        if (_unknown.Count < 1000) _unknown.Add(name);
    }

    private static string Words(LeftOut reason) => reason switch
    {
        LeftOut.Denied => "denied or dropped",
        LeftOut.Unanswered => "nobody answered",
        LeftOut.Reply => "answers to what is there already",
        LeftOut.OtherProtocol => "protocols without ports",
        _ => "they do not say who asked, or whether it was let through",
    };
}
