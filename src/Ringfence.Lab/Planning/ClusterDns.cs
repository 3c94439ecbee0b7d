using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Lab.Planning;

/// <summary>Cluster DNS: its pods and its Service, added where the input has none.</summary>
/// <remarks>https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/</remarks>
internal static class ClusterDns
{
    public const string Namespace = "kube-system";
    public const string Name = "kube-dns";
    public const int Port = 53;

    private const string Label = "k8s-app";

    private static readonly LabelSet Labels = LabelSet.Of(Label, Name);

    /// <summary>Whether a pod is one that answers names.</summary>
    public static bool IsServer(Pod pod) => pod.Namespace == Namespace && pod.Labels[Label] == Name;

    /// <summary>Whether a workload's pods answer names.</summary>
    public static bool IsServer(Workload workload) => workload.Namespace == Namespace && workload.PodLabels[Label] == Name && workload.Replicas != 0;

    /// <summary>The input with DNS.</summary>
    public static ClusterObjects AddTo(ClusterObjects input)
    {
        var hasPods = input.Pods.Any(pod => !pod.IsFinished && IsServer(pod))
            || input.Workloads.Any(IsServer);
        if (!hasPods)
            input = input with
            {
                Workloads = [.. input.Workloads.Where(workload => workload.QualifiedName != $"{Namespace}/{Name}" || workload.Kind != "Deployment"), Deployment],
            };
        var hasService = input.Services.Any(service => service.Namespace == Namespace && service.Name == Name);
        return hasService ? input : input with { Services = [.. input.Services, Service] };
    }

    private static Workload Deployment { get; } = new()
    {
        WorkloadKind = "Deployment",
        Namespace = Namespace,
        Name = Name,
        Labels = Labels,
        PodLabels = Labels,
        Network = new PodNetworkSpec([new("dns", Port, Protocol.Udp), new("dns-tcp", Port, Protocol.Tcp)], HostNetwork: false),
        Replicas = 1,
    };

    private static Service Service { get; } = new()
    {
        Namespace = Namespace,
        Name = Name,
        Labels = Labels,
        Selector = Labels,
        Ports =
        [
            new("dns", Port, Protocol.Udp, new PortReference(Port, null), null),
            new("dns-tcp", Port, Protocol.Tcp, new PortReference(Port, null), null),
        ],
    };
}
