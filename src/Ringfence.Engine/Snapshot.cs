using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>A namespace as the engine sees it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Labels">Its labels, <c>kubernetes.io/metadata.name</c> always among them.</param>
/// <param name="Declared">False where the input only uses the namespace: then only its default label is known.</param>
/// <param name="Location">Where it is declared, or where it is first used.</param>
public sealed record SnapshotNamespace(string Name, LabelSet Labels, bool Declared, Location Location);

/// <summary>What users call a workload: the outermost owner of pods that the input knows, or a pod without owner.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Kind">The kind; may be empty where an owner reference does not say.</param>
/// <param name="Name">The name.</param>
public sealed record WorkloadId(string Namespace, string Kind, string Name)
{
    /// <summary><c>ns/name</c>.</summary>
    public override string ToString() => $"{Namespace}/{Name}";
}

/// <summary>A pod that takes part.</summary>
public readonly record struct SnapshotPod
{
    private readonly Owners _owners;

    internal SnapshotPod(Pod pod, Owners owners, bool FromTemplate) => (Pod, _owners, this.FromTemplate) = (pod, owners, FromTemplate);

    /// <summary>The pod; for a workload without pods in the input, one made from its template.</summary>
    public Pod Pod { get; }

    /// <summary>True where the pod stands for those that the workload will make; its name and addresses are not known.</summary>
    public bool FromTemplate { get; }

    /// <summary>What it belongs to. Looked up anew at every call.</summary>
    public WorkloadId Workload => _owners.Of(Pod);
}

/// <summary>One immutable state of a cluster: namespaces, the pods that take part (finished ones do not), and the other objects.</summary>
public sealed partial class Snapshot
{
    /// <summary>The objects it was made from.</summary>
    public ClusterObjects Objects { get; }

    /// <summary>Every namespace that is declared or used, by name in ordinal order.</summary>
    public ImmutableArray<SnapshotNamespace> Namespaces { get; }

    /// <summary>The pods that take part. A pod's place in this list is its number everywhere in the engine.</summary>
    public ImmutableArray<SnapshotPod> Pods { get; }

    /// <summary>Makes a snapshot: adds the default label to namespaces, and pods for workloads that have none in the input.</summary>
    public static Snapshot Create(ClusterObjects objects) => new(objects);

    /// <summary>Finds a namespace by name; null where it is neither declared nor used.</summary>
    public partial SnapshotNamespace? FindNamespace(string name);

    /// <summary>Finds a pod's number; -1 where there is none.</summary>
    public partial int FindPod(string @namespace, string name);

    /// <summary>Finds the pod with an address (not those on the host's network); -1 where there is none.</summary>
    public partial int FindPod(Address address);
}
