using Ringfence.Model;

namespace Ringfence.Bench.Generation;

/// <summary>Makes the pods of a planned namespace, with addresses spread over nodes as a scheduler does.</summary>
/// <param name="total">Number of pods in the cluster.</param>
internal sealed class PodSource(int total)
{
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";
    private const int PodsPerNode = 30;
    private readonly int _nodes = Math.Max(1, (total + PodsPerNode - 1) / PodsPerNode);

    public IEnumerable<Pod> Of(NamespacePlan plan)
    {
        var index = plan.FirstPod;
        foreach (var workload in plan.Workloads)
            for (var replica = 0; replica < workload.Replicas; replica++)
                yield return Make(plan, workload, replica, index++);
    }

    /// <summary>The pod address: each node has a /24 of 10.0.0.0/8.</summary>
    public static Address PodAddress(int node, int slot) => new(IpFamily.V4, 0x0A000000u + ((uint)node * 256) + (uint)slot + 2);

    private Pod Make(NamespacePlan plan, WorkloadPlan workload, int replica, int index)
    {
        var node = index % _nodes;
        var address = PodAddress(node, index / _nodes);
        var hostAddress = new Address(IpFamily.V4, 0xAC100000u + (uint)node);
        var instance = $"{workload.Name}-{plan.Index}";
        var name = workload.Hash.Length == 0 ? workload.Name
            : workload.Stateful ? $"{workload.Name}-{replica}"
            : $"{workload.Name}-{workload.Hash}-{Suffix(index)}";
        // One pod in a hundred is a finished one that its controller has not removed yet, one in two hundred still waits for its node.
        var phase = index % 100 == 99 ? PodPhase.Succeeded : index % 200 == 50 ? PodPhase.Pending : PodPhase.Running;
        return new Pod
        {
            Namespace = plan.Name,
            Name = name,
            Labels = Labels(workload, instance, name, replica),
            Owner = workload.Hash.Length == 0 ? null
                : workload.Stateful ? new OwnerReference("StatefulSet", workload.Name)
                : new OwnerReference("ReplicaSet", $"{workload.Name}-{workload.Hash}"),
            Network = workload.Network,
            NodeName = $"node-{node:D5}",
            Phase = phase,
            Addresses = phase == PodPhase.Pending ? [] : workload.Network.HostNetwork ? [hostAddress] : [address],
            HostAddresses = phase == PodPhase.Pending ? [] : [hostAddress],
        };
    }

    private static LabelSet Labels(WorkloadPlan workload, string instance, string name, int replica) => workload switch
    {
        { Hash: "" } => LabelSet.Of("name", workload.App, "num", workload.Version),
        { Stateful: true } => LabelSet.Of(
            "app", workload.App, "app.kubernetes.io/instance", instance, "app.kubernetes.io/name", workload.App,
            "apps.kubernetes.io/pod-index", replica.ToString(), "controller-revision-hash", $"{workload.Name}-{workload.Hash}",
            "statefulset.kubernetes.io/pod-name", name, "tier", workload.Tier, "version", workload.Version),
        _ => LabelSet.Of(
            "app", workload.App, "app.kubernetes.io/instance", instance, "app.kubernetes.io/name", workload.App,
            "pod-template-hash", workload.Hash, "tier", workload.Tier, "version", workload.Version),
    };

    private static string Suffix(int index) => string.Create(5, index, static (span, value) =>
    {
        // A multiplier without a common factor with 27^5 keeps suffixes apart and makes neighbours look unlike.
        var rest = (uint)((value * 7_654_321L) % 14_348_907);
        for (var i = 0; i < span.Length; i++, rest /= 27) span[i] = Letters[(int)(rest % 27)];
    });
}
