using System.Collections.Immutable;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests;

/// <summary>Objects of a test's cluster, in few words.</summary>
internal static class Objects
{
    public static Workload Deployment(string name, int replicas = 1, params ContainerPort[] ports) => new()
    {
        WorkloadKind = "Deployment",
        Namespace = "shop",
        Name = name,
        PodLabels = LabelSet.Of("app", name),
        Network = new PodNetworkSpec([.. ports], HostNetwork: false),
        Replicas = replicas,
    };

    public static Pod Pod(string name, string? node = null, params ContainerPort[] ports) => new()
    {
        Namespace = "shop",
        Name = name,
        NodeName = node,
        Labels = LabelSet.Of("app", name),
        Network = new PodNetworkSpec([.. ports], HostNetwork: false),
    };

    public static ContainerPort Port(int port, string? name = null, Protocol protocol = Protocol.Tcp) => new(name, port, protocol);

    public static ClusterObjects Cluster(params KubernetesObject[] objects) => new()
    {
        Workloads = [.. objects.OfType<Workload>()],
        Pods = [.. objects.OfType<Pod>()],
        Services = [.. objects.OfType<Service>()],
        Nodes = [.. objects.OfType<Node>()],
        NetworkPolicies = [.. objects.OfType<NetworkPolicy>()],
        Namespaces = [.. objects.OfType<Namespace>()],
    };
}
