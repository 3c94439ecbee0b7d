using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>Who answers a cluster's names: the pods behind its DNS Service, and a cache on the nodes.</summary>
/// <remarks>
/// The Service kube-system/kube-dns: https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/; its label
/// <c>k8s-app: kube-dns</c> stays with other names (CoreDNS charts, RKE2). OpenShift has openshift-dns/dns-default, whose pods listen on 5353.
/// The cache: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/.
/// </remarks>
internal sealed record DnsServers(ImmutableArray<(FlowSide Side, FlowPorts Ports)> Servers, ImmutableArray<string> Comments)
{
    private const string Label = "k8s-app";
    private const string CacheLabel = "node-local-dns";

    private static readonly Address Cache = Address.Parse("169.254.20.10");
    private static readonly FlowPorts Usual = FlowPorts.Of(ConnectionSet.Of(Protocol.Udp, 53).Union(ConnectionSet.Of(Protocol.Tcp, 53)));

    /// <summary>Finds them; without any in the input those of every usual cluster are assumed.</summary>
    public static DnsServers Find(Snapshot snapshot, FlowFinder finder)
    {
        var (servers, comments) = (new List<(FlowSide, FlowPorts)>(), new List<string>());
        var services = snapshot.Objects.Services.Where(IsDns).OrderBy(service => service.Name != "kube-dns").ThenBy(service => service.QualifiedName, StringComparer.Ordinal).Take(1).ToList();
        foreach (var service in services)
        {
            servers.AddRange(Behind(snapshot, finder, service));
            comments.Add($"The pods behind {service.Describe()}.");
        }

        if (servers.Count == 0)
        {
            var pods = Enumerable.Range(0, snapshot.Pods.Length)
                .Where(i => snapshot.Pods[i].Pod is { Namespace: "kube-system" } pod && pod.Labels[Label] == "kube-dns" && !pod.Network.HostNetwork).ToImmutableArray();
            servers.Add((new SelectedSide("kube-system/kube-dns", pods, "kube-system", "kube-dns", LabelSelector.Label(Label, "kube-dns")), Usual));
            if (pods.IsEmpty) comments.Add("Assumed: the input has no DNS, and most clusters have it in kube-system with this label. Compare with your own:\n  kubectl get pods -A -l k8s-app=kube-dns");
        }

        if (snapshot.Pods.Any(pod => pod.Pod.Labels[Label] == CacheLabel))
        {
            servers.Add((new AddressSide(Cache.ToString(), [new AddressRange(Cache, Cache)]), Usual));
            comments.Add("Nodes have a DNS cache (NodeLocal DNSCache), which pods ask first.");
        }

        return new DnsServers([.. servers], [.. comments]);
    }

    private static bool IsDns(Service service) =>
        service.Namespace is "kube-system" or "openshift-dns"
        && service.Ports.Any(port => port is { Port: 53, Protocol: Protocol.Udp })
        && (service.Name is "kube-dns" or "dns-default" || service.Labels[Label] == "kube-dns" || service.Name.Contains("coredns", StringComparison.Ordinal));

    private static IEnumerable<(FlowSide, FlowPorts)> Behind(Snapshot snapshot, FlowFinder finder, Service service)
    {
        var ports = ConnectionSet.None;
        var pods = new SortedSet<int>();
        foreach (var port in service.Ports.Where(port => port.Port == 53))
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
                new LabelSelector(selector.Select(label => new Requirement(label.Key, SelectorOperator.In, [label.Value]))))
            : finder.Select(service.QualifiedName, service.Name, [.. pods]);
        return side is null ? [] : [(side, FlowPorts.Of(ports))];
    }

    /// <summary>Whether everything that a flow asks for is asking these servers.</summary>
    public bool Cover(FoundFlow flow) => Servers.Any(server =>
        server.Side is SelectedSide { Pods.IsEmpty: false } pods && flow.Destination is SelectedSide to
        && to.Pods.All(pods.Pods.Contains) && flow.Ports.Names.IsEmpty && server.Ports.Numbers.Contains(flow.Ports.Numbers));
}
