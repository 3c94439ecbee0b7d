using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine;

public sealed partial class Snapshot
{
    private readonly Owners _owners;
    private readonly Lazy<Dictionary<string, SnapshotNamespace>> _namespaceByName;
    private readonly Lazy<Dictionary<(string, string), int>> _podByName;
    private readonly Lazy<Dictionary<Address, int>> _podByAddress;

    private Snapshot(ClusterObjects objects)
    {
        Objects = objects;
        _owners = new Owners(objects.Workloads);
        Pods = CollectPods(objects);
        Namespaces = CollectNamespaces(objects);
        _namespaceByName = new(() => Namespaces.ToDictionary(item => item.Name));
        _podByName = new(IndexByName);
        _podByAddress = new(IndexByAddress);
    }

    /// <inheritdoc cref="FindNamespace"/>
    public partial SnapshotNamespace? FindNamespace(string name) => _namespaceByName.Value.GetValueOrDefault(name);

    /// <inheritdoc cref="FindPod(string, string)"/>
    public partial int FindPod(string @namespace, string name) => _podByName.Value.GetValueOrDefault((@namespace, name), -1);

    /// <inheritdoc cref="FindPod(Address)"/>
    public partial int FindPod(Address address) => _podByAddress.Value.GetValueOrDefault(address, -1);

    /// <summary>A pod on its node's network has its node's addresses, also where only the Node object tells them.</summary>
    internal Pod Locate(Pod pod)
    {
        if (!pod.Network.HostNetwork || pod.NodeName is null || pod.Phase == PodPhase.Pending) return pod;
        if (!pod.HostAddresses.IsEmpty || !pod.Addresses.IsEmpty) return pod;
        foreach (var node in Objects.Nodes)
            if (node.Name == pod.NodeName) return pod with { HostAddresses = node.Addresses };
        return pod;
    }

    private ImmutableArray<SnapshotPod> CollectPods(ClusterObjects objects)
    {
        var pods = ImmutableArray.CreateBuilder<SnapshotPod>(objects.Pods.Length);
        foreach (var pod in objects.Pods)
            if (!pod.IsFinished) pods.Add(new SnapshotPod(Locate(pod), _owners, FromTemplate: false));
        if (objects.Workloads.IsEmpty) return pods.DrainToImmutable();

        var withPods = new HashSet<WorkloadId>();
        foreach (var pod in objects.Pods) withPods.Add(_owners.Of(pod));
        foreach (var workload in objects.Workloads)
        {
            if (!MakesPods(workload)) continue;
            var pod = FromTemplate(workload);
            if (!withPods.Contains(_owners.Of(pod))) pods.Add(new SnapshotPod(pod, _owners, FromTemplate: true));
        }

        return pods.DrainToImmutable();
    }

    /// <summary>Whether a workload stands for pods of its own: one that another workload of the input made, or an old ReplicaSet, does not.</summary>
    private bool MakesPods(Workload workload) =>
        workload.Owner is not { } owner
        || (workload.Replicas != 0 && !_owners.Knows(new WorkloadId(workload.Namespace, owner.Kind, owner.Name)));

    private static Pod FromTemplate(Workload workload) => new()
    {
        Namespace = workload.Namespace,
        Name = workload.Name,
        Labels = workload.PodLabels,
        Network = workload.Network,
        Images = workload.Images,
        Annotations = workload.Annotations,
        Owner = new OwnerReference(workload.WorkloadKind, workload.Name),
        Location = workload.Location,
    };

    private ImmutableArray<SnapshotNamespace> CollectNamespaces(ClusterObjects objects)
    {
        var found = new Dictionary<string, SnapshotNamespace>(objects.Namespaces.Length);
        foreach (var item in objects.Namespaces)
        {
            var labels = item.Labels[Namespace.NameLabel] == item.Name ? item.Labels : item.Labels.With(Namespace.NameLabel, item.Name);
            found[item.Name] = new SnapshotNamespace(item.Name, labels, Declared: true, item.Location);
        }

        var last = "";
        foreach (var pod in Pods) Use(pod.Pod);
        foreach (var policy in objects.NetworkPolicies) Use(policy);
        foreach (var service in objects.Services) Use(service);
        foreach (var ingress in objects.Ingresses) Use(ingress);
        return [.. found.Values.OrderBy(item => item.Name, StringComparer.Ordinal)];

        void Use(KubernetesObject item)
        {
            var name = item.Namespace;
            if (name == last) return;
            last = name;
            if (!found.ContainsKey(name))
                found.Add(name, new SnapshotNamespace(name, LabelSet.Of(Namespace.NameLabel, name), Declared: false, item.Location));
        }
    }

    private Dictionary<(string, string), int> IndexByName()
    {
        var index = new Dictionary<(string, string), int>(Pods.Length);
        for (var i = 0; i < Pods.Length; i++)
            if (!Pods[i].FromTemplate) index[(Pods[i].Pod.Namespace, Pods[i].Pod.Name)] = i;
        return index;
    }

    private Dictionary<Address, int> IndexByAddress()
    {
        var index = new Dictionary<Address, int>(Pods.Length);
        for (var i = 0; i < Pods.Length; i++)
        {
            if (Pods[i].Pod.Network.HostNetwork) continue;
            foreach (var address in Pods[i].Pod.Addresses) index.TryAdd(address, i);
        }

        return index;
    }
}
