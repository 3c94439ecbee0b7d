using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Ringfence.Model;

namespace Ringfence.Bench.Generation;

/// <summary>A generated cluster as streams of objects, in the order in which <c>kubectl get namespaces,pods,networkpolicies -A</c> prints them.</summary>
internal sealed class GeneratedCluster(Shape shape, int seed = 1)
{
    private readonly ClusterPlan _plan = new(shape, seed);
    private readonly PodSource _pods = new(shape.Pods);

    public Shape Shape => _plan.Shape;

    public IEnumerable<Namespace> Namespaces() => _plan.Namespaces.Select(plan => new Namespace { Name = plan.Name, Labels = plan.Labels });

    public IEnumerable<Pod> Pods() => _plan.Namespaces.SelectMany(plan => _pods.Of(plan));

    public IEnumerable<Pod> Pods(int namespaceIndex) => _pods.Of(_plan.Namespaces[namespaceIndex]);

    public IEnumerable<NetworkPolicy> Policies() => Enumerable.Range(0, _plan.Namespaces.Length).SelectMany(Policies);

    public IEnumerable<NetworkPolicy> Policies(int namespaceIndex)
    {
        var plan = _plan.Namespaces[namespaceIndex];
        return Shape.Style == PolicyStyle.KubeBurner ? KubeBurnerPolicies.Of(_plan, plan) : new ProductionPolicies(_plan, plan).All();
    }

    /// <summary>All of it in memory. Strings are shared as a reader that interns them would; every pod has a label set of its own.</summary>
    public ClusterObjects ToObjects()
    {
        var pods = new Pod[Shape.Pods];
        var i = 0;
        foreach (var pod in Pods()) pods[i++] = pod;
        return new ClusterObjects
        {
            Namespaces = [.. Namespaces()],
            Pods = ImmutableCollectionsMarshal.AsImmutableArray(pods),
            NetworkPolicies = [.. Policies()],
        };
    }
}
