using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis;

/// <summary>The cluster's name servers, as far as the input shows them.</summary>
/// <param name="Pods">The numbers of the pods that answer; empty where the input has none.</param>
/// <param name="Services">The Services in front of them (<c>kube-dns</c>, or as the distribution calls it); empty where the input has none.</param>
/// <param name="LocalCaches">The numbers of the pods of the NodeLocal DNSCache; empty where it is not used.</param>
/// <remarks>
/// https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/ — the Service is called kube-dns whichever server runs, its pods have the label
/// k8s-app=kube-dns; https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/; OpenShift's own are pods of the Service openshift-dns/dns-default that
/// listen on 5353: https://docs.openshift.com/container-platform/4.14/networking/dns-operator.html
/// </remarks>
public sealed record ClusterDns(ImmutableArray<int> Pods, ImmutableArray<Service> Services, ImmutableArray<int> LocalCaches)
{
    /// <summary>The namespace of the name servers, on most clusters.</summary>
    public const string Namespace = "kube-system";

    /// <summary>The port that clients ask on.</summary>
    public const int Port = 53;

    /// <summary>The label of the name servers' pods, on most clusters.</summary>
    public static readonly LabelSet Labels = LabelSet.Of("k8s-app", "kube-dns");

    /// <summary>The address at which the NodeLocal DNSCache listens on every node.</summary>
    public static readonly Address LocalCacheAddress = Address.Parse("169.254.20.10");

    // Namespace, Service and pods' label of known distributions; Helm's CoreDNS chart labels by app.kubernetes.io/name alone.
    private static readonly ImmutableArray<(string Namespace, string? Service, LabelSet Labels)> Known =
    [
        (Namespace, "kube-dns", Labels),
        (Namespace, "coredns", Labels),
        (Namespace, "rke2-coredns-rke2-coredns", Labels),
        (Namespace, null, LabelSet.Of("app.kubernetes.io/name", "coredns")),
        ("openshift-dns", "dns-default", LabelSet.Of("dns.operator.openshift.io/daemonset-dns", "default")),
    ];

    /// <summary>Whether the input shows name servers at all.</summary>
    public bool IsKnown => !Pods.IsEmpty;

    /// <summary>The namespace that they are in; the usual one where the input shows none.</summary>
    public string PodNamespace { get; private init; } = Namespace;

    /// <summary>Labels that they have and by which a policy can name them; the usual one where the input shows none.</summary>
    public LabelSet PodLabels { get; private init; } = Labels;

    /// <summary>The port that their pods listen on for UDP: what policies see.</summary>
    public int UdpPort { get; private init; } = Port;

    /// <summary>The port that their pods listen on for TCP.</summary>
    public int TcpPort { get; private init; } = Port;

    /// <summary>The port that their pods listen on.</summary>
    public int PortOf(Protocol protocol) => protocol == Protocol.Udp ? UdpPort : TcpPort;

    /// <summary>Looks for name servers.</summary>
    public static ClusterDns Find(Snapshot snapshot)
    {
        var services = snapshot.Objects.Services.Where(service => Known.Any(known => known.Namespace == service.Namespace && known.Service == service.Name)).ToImmutableArray();
        var routes = services.SelectMany(service => service.Ports.Where(port => port.Port == Port).Select(port => ServiceRoutes.Resolve(snapshot, service, port))).ToList();
        var pods = new SortedSet<int>(routes.SelectMany(route => route.Targets).Where(target => target.Party.IsPod).Select(target => target.Party.Pod));
        var caches = new List<int>();
        for (var number = 0; number < snapshot.Pods.Length; number++)
        {
            var pod = snapshot.Pods[number].Pod;
            if (Known.Any(known => known.Namespace == pod.Namespace && Has(pod, known.Labels))) pods.Add(number);
            if (pod.Namespace == Namespace && pod.Labels["k8s-app"] is "node-local-dns" or "nodelocaldns") caches.Add(number);
        }

        var dns = new ClusterDns([.. pods], services, [.. caches]);
        if (pods.Count == 0) return dns;
        var first = snapshot.Pods[pods.Min].Pod;
        return dns with
        {
            PodNamespace = first.Namespace,
            PodLabels = Known.Select(known => known.Labels).Concat(services.Select(service => service.Selector).OfType<LabelSet>())
                .FirstOrDefault(labels => labels.Count > 0 && pods.All(pod => Has(snapshot.Pods[pod].Pod, labels)), first.Labels),
            UdpPort = TargetOf(Protocol.Udp),
            TcpPort = TargetOf(Protocol.Tcp),
        };

        int TargetOf(Protocol protocol) => routes.Where(route => route.Port.Protocol == protocol).SelectMany(route => route.Targets).Select(target => target.Port).FirstOrDefault(Port);
    }

    private static bool Has(Pod pod, LabelSet labels) => labels.All(label => pod.Labels[label.Key] == label.Value);
}
