using System.Collections.Immutable;
using System.Globalization;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Lab.Planning;

/// <summary>The pods that a cluster's controllers would make, named as they would name them; pods of the input as they are.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/controllers/</remarks>
internal static class PodExpansion
{
    /// <summary>The pods that run, without addresses; a DaemonSet's name their node.</summary>
    public static IEnumerable<Pod> Expand(ClusterObjects input, ImmutableArray<PlannedNode> nodes, int mostReplicas, ICollection<string> notes)
    {
        var workloads = input.Workloads.ToLookup(workload => (workload.Namespace, workload.WorkloadKind, workload.Name));
        foreach (var item in Snapshot.Create(input).Pods)
        {
            if (!item.FromTemplate)
            {
                yield return item.Pod;
                continue;
            }

            var template = item.Pod;
            var workload = workloads[(template.Namespace, template.Owner!.Kind, template.Owner.Name)].First();
            foreach (var pod in OfWorkload(workload, template, nodes, mostReplicas, notes)) yield return pod;
        }
    }

    private static IEnumerable<Pod> OfWorkload(
        Workload workload, Pod template, ImmutableArray<PlannedNode> nodes, int mostReplicas, ICollection<string> notes)
    {
        if (workload.Kind == "DaemonSet") return nodes.Select(node => template with { Name = Generated(workload, node.Node.Name), NodeName = node.Node.Name });
        var wanted = workload.Kind is "Job" or "CronJob" ? 1 : workload.Replicas ?? 1;
        if (wanted > mostReplicas) notes.Add($"{workload.Describe()} runs {mostReplicas} of its {wanted} replicas");
        return Enumerable.Range(0, Math.Min(wanted, mostReplicas)).Select(index => Replica(workload, template, index));
    }

    private static Pod Replica(Workload workload, Pod template, int index)
    {
        var number = index.ToString(CultureInfo.InvariantCulture);
        var name = $"{workload.Name}-{number}";
        return workload.Kind switch
        {
            // https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-name-label
            "StatefulSet" => template with
            {
                Name = name,
                Labels = template.Labels.With("apps.kubernetes.io/pod-index", number).With("statefulset.kubernetes.io/pod-name", name),
            },
            // https://kubernetes.io/docs/reference/labels-annotations-taints/#batch-kubernetes-io-job-name
            "Job" => template with
            {
                Name = Generated(workload, number),
                Labels = template.Labels.With("batch.kubernetes.io/job-name", workload.Name).With("job-name", workload.Name),
            },
            _ => template with { Name = Generated(workload, number) },
        };
    }

    private static string Generated(Workload workload, string which)
    {
        const int SetLetters = 10;
        const int PodLetters = 5;
        var identity = $"{workload.Kind}/{workload.Namespace}/{workload.Name}";
        var set = workload.Kind is "Deployment" or "CronJob" ? $"{NameHash.Of(identity, SetLetters)}-" : "";
        return $"{workload.Name}-{set}{NameHash.Of($"{identity}/{which}", PodLetters)}";
    }
}
