using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis;

/// <summary>The cluster's name servers, as far as the input shows them.</summary>
/// <param name="Pods">The numbers of the pods that answer; empty where the input has none.</param>
/// <param name="Services">The Services in front of them (<c>kube-dns</c> and those with the same pods); empty where the input has none.</param>
/// <param name="LocalCaches">The numbers of the pods of the NodeLocal DNSCache; empty where it is not used.</param>
/// <remarks>
/// https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/ — the Service is called kube-dns whichever server runs, its pods have the label
/// k8s-app=kube-dns; https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
/// </remarks>
public sealed record ClusterDns(ImmutableArray<int> Pods, ImmutableArray<Service> Services, ImmutableArray<int> LocalCaches)
{
    /// <summary>The namespace of the name servers.</summary>
    public const string Namespace = "kube-system";

    /// <summary>The port.</summary>
    public const int Port = 53;

    /// <summary>The label of the name servers' pods.</summary>
    public static readonly LabelSet Labels = LabelSet.Of("k8s-app", "kube-dns");

    /// <summary>The address at which the NodeLocal DNSCache listens on every node.</summary>
    public static readonly Address LocalCacheAddress = Address.Parse("169.254.20.10");

    /// <summary>Whether the input shows name servers at all.</summary>
    public bool IsKnown => !Pods.IsEmpty;

    /// <summary>Looks for name servers.</summary>
    public static ClusterDns Find(Snapshot snapshot)
    {
        var services = snapshot.Objects.Services.Where(service => service.Namespace == Namespace && service.Name is "kube-dns" or "coredns" or "rke2-coredns-rke2-coredns").ToImmutableArray();
        var pods = new SortedSet<int>();
        for (var pod = 0; pod < snapshot.Pods.Length; pod++)
            if (snapshot.Pods[pod].Pod is { Namespace: Namespace } found && found.Labels["k8s-app"] == Labels["k8s-app"]) pods.Add(pod);
        foreach (var service in services)
            foreach (var port in service.Ports)
                pods.UnionWith(ServiceRoutes.Resolve(snapshot, service, port).Targets.Where(target => target.Party.IsPod).Select(target => target.Party.Pod));
        var caches = Enumerable.Range(0, snapshot.Pods.Length).Where(pod => snapshot.Pods[pod].Pod is { Namespace: Namespace } found && found.Labels["k8s-app"] == "node-local-dns");
        return new ClusterDns([.. pods], services, [.. caches]);
    }
}
