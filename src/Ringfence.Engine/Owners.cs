using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>Follows pods to the workloads that made them, as far as the input knows them.</summary>
internal sealed class Owners
{
    // A chain is short (Pod, Job, CronJob); more than this is a loop in bad input.
    private const int LongestChain = 8;

    private readonly Dictionary<WorkloadId, Workload> _workloads = [];

    public Owners(IEnumerable<Workload> workloads)
    {
        foreach (var workload in workloads) _workloads[IdOf(workload)] = workload;
    }

    public static WorkloadId IdOf(Workload workload) => new(workload.Namespace, workload.WorkloadKind, workload.Name);

    public bool Knows(WorkloadId id) => _workloads.ContainsKey(id);

    /// <summary>The outermost owner that the input names; the pod itself where it has none. A static pod, owned by its node, is its own.</summary>
    public WorkloadId Of(Pod pod)
    {
        if (pod.Owner is not { } owner || owner.Kind == "Node") return new(pod.Namespace, "Pod", pod.Name);
        var id = new WorkloadId(pod.Namespace, owner.Kind, owner.Name);
        if (_workloads.Count == 0) return id;
        for (var i = 0; i < LongestChain; i++)
        {
            if (_workloads.TryGetValue(id, out var workload))
            {
                if (workload.Owner is not { } next) return id;
                var outer = new WorkloadId(id.Namespace, next.Kind, next.Name);
                if (!Knows(outer)) return id;
                id = outer;
            }
            else
            {
                return GuessOwner(id, pod) ?? id;
            }
        }

        return id;
    }

    /// <summary>
    /// The Deployment or CronJob behind a ReplicaSet or Job that the input lacks: controllers name them after their owner, with the pod
    /// template's hash or a time behind a hyphen.
    /// </summary>
    private WorkloadId? GuessOwner(WorkloadId id, Pod pod)
    {
        var hyphen = id.Name.LastIndexOf('-');
        if (hyphen <= 0) return null;
        var guess = id.Kind switch
        {
            "ReplicaSet" when pod.Labels["pod-template-hash"] == id.Name[(hyphen + 1)..] => id with { Kind = "Deployment", Name = id.Name[..hyphen] },
            "Job" => id with { Kind = "CronJob", Name = id.Name[..hyphen] },
            _ => null,
        };
        return guess is not null && Knows(guess) ? guess : null;
    }
}
