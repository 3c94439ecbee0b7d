using System.Collections.Immutable;

namespace Ringfence.Model;

/// <summary>The objects of one cluster, as read: valid, without repeats (one object a kind, namespace and name), in reading order.</summary>
public sealed record ClusterObjects
{
    /// <summary>Nothing.</summary>
    public static readonly ClusterObjects Empty = new();

    /// <summary>Declared namespaces.</summary>
    public ImmutableArray<Namespace> Namespaces { get; init; } = [];

    /// <summary>Nodes.</summary>
    public ImmutableArray<Node> Nodes { get; init; } = [];

    /// <summary>Pods.</summary>
    public ImmutableArray<Pod> Pods { get; init; } = [];

    /// <summary>Workloads of every kind.</summary>
    public ImmutableArray<Workload> Workloads { get; init; } = [];

    /// <summary>Services.</summary>
    public ImmutableArray<Service> Services { get; init; } = [];

    /// <summary>EndpointSlices.</summary>
    public ImmutableArray<EndpointSlice> EndpointSlices { get; init; } = [];

    /// <summary>Ingresses.</summary>
    public ImmutableArray<Ingress> Ingresses { get; init; } = [];

    /// <summary>NetworkPolicies.</summary>
    public ImmutableArray<NetworkPolicy> NetworkPolicies { get; init; } = [];

    /// <summary>Policies of kinds that are not evaluated but can change every answer.</summary>
    public ImmutableArray<UnevaluatedPolicy> Unevaluated { get; init; } = [];

    /// <summary>Objects that a later one of the same kind, namespace and name took the place of, in reading order.</summary>
    public ImmutableArray<ReplacedObject> Replaced { get; init; } = [];

    /// <summary>All of them, kind by kind.</summary>
    public IEnumerable<KubernetesObject> All() =>
        Namespaces.Concat<KubernetesObject>(Nodes).Concat(Pods).Concat(Workloads).Concat(Services).Concat(EndpointSlices).Concat(Ingresses)
            .Concat(NetworkPolicies).Concat(Unevaluated);

    /// <summary>Puts objects together; the caller sees to it that none is repeated.</summary>
    public static ClusterObjects Of(IReadOnlyCollection<KubernetesObject> objects) => new()
    {
        Namespaces = [.. objects.OfType<Namespace>()],
        Nodes = [.. objects.OfType<Node>()],
        Pods = [.. objects.OfType<Pod>()],
        Workloads = [.. objects.OfType<Workload>()],
        Services = [.. objects.OfType<Service>()],
        EndpointSlices = [.. objects.OfType<EndpointSlice>()],
        Ingresses = [.. objects.OfType<Ingress>()],
        NetworkPolicies = [.. objects.OfType<NetworkPolicy>()],
        Unevaluated = [.. objects.OfType<UnevaluatedPolicy>()],
    };
}

/// <summary>An object that another one of the same kind, namespace and name took the place of.</summary>
/// <param name="Earlier">The one that counts no more.</param>
/// <param name="Later">The one that took its place.</param>
/// <param name="Differences">What differs, as <c>field: earlier, later</c>; empty where nothing does, null where it was not compared.</param>
public sealed record ReplacedObject(KubernetesObject Earlier, KubernetesObject Later, ImmutableArray<string>? Differences);
