using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>Who answers a cluster's names: the pods behind its DNS Service, and a cache on the nodes.</summary>
/// <remarks>See <see cref="ClusterDns"/>.</remarks>
internal sealed record DnsServers(ImmutableArray<(FlowSide Side, FlowPorts Ports)> Servers, ImmutableArray<string> Comments)
{
    private static readonly FlowPorts Usual = FlowPorts.Of(ConnectionSet.Of(Protocol.Udp, ClusterDns.Port).Union(ConnectionSet.Of(Protocol.Tcp, ClusterDns.Port)));
    private static readonly LabelSelector UsualLabels = Selector(ClusterDns.Labels);

    /// <summary>Finds them; without any in the input those of every usual cluster are assumed.</summary>
    public static DnsServers Find(Snapshot snapshot, FlowFinder finder)
    {
        var known = ClusterDns.Find(snapshot);
        var (servers, comments) = (new List<(FlowSide, FlowPorts)>(), new List<string>());
        foreach (var service in known.Services.Take(1))
        {
            servers.AddRange(Behind(snapshot, finder, service));
            comments.Add($"The pods behind {service.Describe()}.");
        }

        var pods = known.Pods.RemoveAll(pod => snapshot.Pods[pod].Pod.Network.HostNetwork);
        if (known.IsKnown && pods.IsEmpty)
        {
            // On their node's network no policy can name them; that is told.
            finder.Select($"{ClusterDns.Namespace}/kube-dns", "kube-dns", known.Pods);
        }
        else if (servers.Count == 0)
        {
            servers.Add((new SelectedSide($"{ClusterDns.Namespace}/kube-dns", pods, ClusterDns.Namespace, "kube-dns", UsualLabels), Usual));
            if (pods.IsEmpty) comments.Add($"Assumed: the input has no DNS, and most clusters have it in {ClusterDns.Namespace} with this label. Compare with your own:\n  kubectl get pods -A -l {ClusterDns.Labels}");
        }

        if (!known.LocalCaches.IsEmpty)
        {
            var cache = ClusterDns.LocalCacheAddress;
            servers.Add((new AddressSide(cache.ToString(), [new AddressRange(cache, cache)]), Usual));
            comments.Add("Nodes have a DNS cache (NodeLocal DNSCache), which pods ask first.");
        }

        return new DnsServers([.. servers], [.. comments]);
    }

    private static IEnumerable<(FlowSide, FlowPorts)> Behind(Snapshot snapshot, FlowFinder finder, Service service)
    {
        var ports = ConnectionSet.None;
        var pods = new SortedSet<int>();
        foreach (var port in service.Ports.Where(port => port.Port == ClusterDns.Port))
            foreach (var target in ServiceRoutes.Resolve(snapshot, service, port).Targets)
            {
                if (!target.Party.IsPod || snapshot.Pods[target.Party.Pod].Pod.Network.HostNetwork) continue;
                pods.Add(target.Party.Pod);
                ports = ports.Union(ConnectionSet.Of(port.Protocol, target.Port));
            }

        if (pods.Count == 0) return [];
        // What the Service selects by is what makes a pod a DNS server.
        var side = service.Selector is { Count: > 0 } selector
            ? new SelectedSide(service.QualifiedName, [.. pods], service.Namespace, service.Name,
                Selector(selector))
            : finder.Select(service.QualifiedName, service.Name, [.. pods]);
        return side is null ? [] : [(side, FlowPorts.Of(ports))];
    }

    private static LabelSelector Selector(LabelSet labels) => new(labels.Select(label => new Requirement(label.Key, SelectorOperator.In, [label.Value])));

    /// <summary>Whether everything that a flow asks for is asking these servers.</summary>
    public bool Cover(FoundFlow flow) => Servers.Any(server =>
        server.Side is SelectedSide { Pods.IsEmpty: false } pods && flow.Destination is SelectedSide to
        && to.Pods.All(pods.Pods.Contains) && flow.Ports.Names.IsEmpty && server.Ports.Numbers.Contains(flow.Ports.Numbers));
}
