using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Generation;

/// <summary>A changed object and the cluster with it.</summary>
internal sealed record Step(ClusterObjects Cluster, KubernetesObject Object, bool Removed)
{
    /// <summary>Whether the snapshot is read after the step; the engine takes that as the moment to put its house in order.</summary>
    public bool RereadsSnapshot { get; init; }

    /// <summary>The same change made to another cluster.</summary>
    public ClusterObjects On(ClusterObjects cluster) => (Removed ? Remove(cluster, Object) : Put(cluster, Object)).Cluster;

    /// <summary>The object is new or different.</summary>
    public static Step Put(ClusterObjects cluster, KubernetesObject changed) => new(
        changed switch
        {
            Pod pod => cluster with { Pods = Put(cluster.Pods, pod) },
            Namespace @namespace => cluster with { Namespaces = Put(cluster.Namespaces, @namespace) },
            NetworkPolicy policy => cluster with { NetworkPolicies = Put(cluster.NetworkPolicies, policy) },
            _ => throw new ArgumentException($"{changed.Kind} changes no verdict", nameof(changed)),
        },
        changed,
        Removed: false);

    /// <summary>The object is gone; what else lies in a namespace stays.</summary>
    public static Step Remove(ClusterObjects cluster, KubernetesObject gone) => new(
        cluster with
        {
            Pods = cluster.Pods.RemoveAll(pod => IsSame(pod, gone)),
            Namespaces = cluster.Namespaces.RemoveAll(@namespace => IsSame(@namespace, gone)),
            NetworkPolicies = cluster.NetworkPolicies.RemoveAll(policy => IsSame(policy, gone)),
        },
        gone,
        Removed: true);

    private static ImmutableArray<T> Put<T>(ImmutableArray<T> objects, T changed)
        where T : KubernetesObject
    {
        for (var i = 0; i < objects.Length; i++)
            if (IsSame(objects[i], changed)) return objects.SetItem(i, changed);
        return objects.Add(changed);
    }

    private static bool IsSame(KubernetesObject left, KubernetesObject right) =>
        left.Kind == right.Kind && left.Namespace == right.Namespace && left.Name == right.Name;

    public override string ToString() => $"{(Removed ? "remove" : "apply")} {Object.Describe()}{(RereadsSnapshot ? " and read the snapshot" : "")}";
}
