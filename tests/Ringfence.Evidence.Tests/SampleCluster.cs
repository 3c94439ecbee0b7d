using System.Collections.Immutable;
using System.Text;
using Ringfence.Engine;
using Ringfence.Evidence.Planning;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Evidence.Tests;

/// <summary>Clusters from manifests, with pods that have addresses and nodes in turn, as a lab would give them.</summary>
internal static class SampleCluster
{
    /// <summary>Addresses outside: two that examples tell apart.</summary>
    public static readonly ImmutableArray<Address> Outside = [Address.Parse("192.0.2.10"), Address.Parse("203.0.113.10")];

    /// <summary>The folder of examples with a name.</summary>
    public static ClusterObjects Example(string name) => Realise(Read(Path.Combine(Root(), "examples", name)), replicas: 2);

    /// <summary>Manifests as text.</summary>
    public static ClusterObjects Of(string yaml, int replicas = 1) =>
        Realise(Read("-", new MemoryStream(Encoding.UTF8.GetBytes(yaml))), replicas);

    public static Reachability Compile(ClusterObjects objects) => Reachability.Compile(Snapshot.Create(objects));

    public static ProbePlan Plan(ClusterObjects objects, int most = 100_000) =>
        ProbePlan.Create(Compile(objects), new PlanOptions { MaxProbes = most, OutsideAddresses = Outside });

    private static ClusterObjects Read(string path, Stream? input = null)
    {
        var manifests = ManifestReader.Read([path], new ManifestOptions { StandardInput = input });
        Assert.False(manifests.HasErrors, string.Join('\n', manifests.Diagnostics));
        return manifests.Objects;
    }

    private static ClusterObjects Realise(ClusterObjects objects, int replicas)
    {
        var pods = new List<Pod>(objects.Pods);
        foreach (var workload in objects.Workloads)
            for (var i = 0; i < replicas; i++)
                pods.Add(new Pod
                {
                    Namespace = workload.Namespace, Name = $"{workload.Name}-{i}", Labels = workload.PodLabels, Network = workload.Network,
                    Owner = new OwnerReference(workload.WorkloadKind, workload.Name), Location = workload.Location,
                });
        return objects with
        {
            Nodes = [Node(1), Node(2)],
            Pods = [.. pods.Select((pod, i) => pod with
            {
                Phase = PodPhase.Running,
                NodeName = $"node-{(i % 2) + 1}",
                Addresses = pod.Addresses.IsEmpty ? [Address.Parse($"10.244.{(i % 2) + 1}.{(i / 2) + 2}")] : pod.Addresses,
            })],
        };
    }

    private static Node Node(int number) => new() { Name = $"node-{number}", Addresses = [Address.Parse($"172.31.255.{number}")] };

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Ringfence.slnx"))) folder = Path.GetDirectoryName(folder.TrimEnd('/'))!;
        return folder;
    }
}
