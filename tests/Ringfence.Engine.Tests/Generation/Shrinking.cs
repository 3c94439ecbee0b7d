using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Generation;

/// <summary>Makes a failing cluster small: drops one thing at a time for as long as the failure remains.</summary>
internal static class Shrinking
{
    /// <summary>The smallest cluster found that still fails.</summary>
    public static ClusterObjects Shrink(ClusterObjects cluster, Func<ClusterObjects, bool> fails)
    {
        while (Smaller(cluster).FirstOrDefault(fails) is { } smaller) cluster = smaller;
        return cluster;
    }

    /// <summary>The shortest list found that still fails.</summary>
    public static ImmutableArray<T> Shrink<T>(ImmutableArray<T> items, Func<ImmutableArray<T>, bool> fails)
    {
        for (var i = items.Length - 1; i >= 0; i--)
            if (items.RemoveAt(i) is var fewer && fails(fewer)) items = fewer;
        return items;
    }

    private static IEnumerable<ClusterObjects> Smaller(ClusterObjects cluster) =>
        Chunks(cluster.Pods).Select(items => cluster with { Pods = items })
            .Concat(Chunks(cluster.NetworkPolicies).Select(items => cluster with { NetworkPolicies = items }))
            .Concat(Fewer(cluster.Pods, _ => []).Select(items => cluster with { Pods = items }))
            .Concat(Fewer(cluster.NetworkPolicies, _ => []).Select(items => cluster with { NetworkPolicies = items }))
            .Concat(Fewer(cluster.Workloads, _ => []).Select(items => cluster with { Workloads = items }))
            .Concat(Fewer(cluster.Nodes, _ => []).Select(items => cluster with { Nodes = items }))
            .Concat(Fewer(cluster.Namespaces, _ => []).Select(items => cluster with { Namespaces = items }))
            .Concat(Simpler(cluster.Pods, Simpler).Select(items => cluster with { Pods = items }))
            .Concat(Simpler(cluster.NetworkPolicies, Simpler).Select(items => cluster with { NetworkPolicies = items }))
            .Concat(Simpler(cluster.Namespaces, Simpler).Select(items => cluster with { Namespaces = items }))
            .Concat(Simpler(cluster.Workloads, Simpler).Select(items => cluster with { Workloads = items }));

    /// <summary>Long lists without one of their halves, quarters and eighths.</summary>
    private static IEnumerable<ImmutableArray<T>> Chunks<T>(ImmutableArray<T> items)
    {
        foreach (var parts in (int[])[2, 4, 8])
            for (var i = 0; i < parts && items.Length >= 2 * parts; i++)
                yield return items.RemoveRange(i * items.Length / parts, ((i + 1) * items.Length / parts) - (i * items.Length / parts));
    }

    private static IEnumerable<Namespace> Simpler(Namespace item) => Fewer(item.Labels).Select(labels => item with { Labels = labels });

    private static IEnumerable<Workload> Simpler(Workload item) =>
    [
        .. Fewer(item.PodLabels).Select(labels => item with { PodLabels = labels }),
        .. Fewer(item.Network.Ports, _ => []).Select(ports => item with { Network = item.Network with { Ports = ports } }),
    ];

    private static IEnumerable<Pod> Simpler(Pod pod)
    {
        foreach (var labels in Fewer(pod.Labels)) yield return pod with { Labels = labels };
        foreach (var ports in Fewer(pod.Network.Ports, _ => [])) yield return pod with { Network = pod.Network with { Ports = ports } };
        foreach (var addresses in Fewer(pod.Addresses, _ => [])) yield return pod with { Addresses = addresses };
        foreach (var addresses in Fewer(pod.HostAddresses, _ => [])) yield return pod with { HostAddresses = addresses };
        if (pod.NodeName is not null) yield return pod with { NodeName = null };
        if (pod.Owner is not null) yield return pod with { Owner = null };
        if (pod.Network.HostNetwork) yield return pod with { Network = pod.Network with { HostNetwork = false } };
        if (pod.Phase != PodPhase.Running && !pod.Addresses.IsEmpty) yield return pod with { Phase = PodPhase.Running };
    }

    private static IEnumerable<NetworkPolicy> Simpler(NetworkPolicy policy)
    {
        foreach (var rules in Fewer(policy.Ingress, Simpler)) yield return policy with { Ingress = rules };
        foreach (var rules in Fewer(policy.Egress, Simpler)) yield return policy with { Egress = rules };
        if (policy is { AffectsIngress: true, AffectsEgress: true })
        {
            yield return policy with { AffectsIngress = false, Ingress = [] };
            yield return policy with { AffectsEgress = false, Egress = [] };
        }

        foreach (var selector in Simpler(policy.PodSelector)) yield return policy with { PodSelector = selector };
    }

    private static IEnumerable<PolicyRule> Simpler(PolicyRule rule) =>
    [
        .. Fewer(rule.Ports, Simpler).Select(ports => rule with { Ports = ports }),
        .. Fewer(rule.Peers, Simpler).Select(peers => rule with { Peers = peers }),
    ];

    private static IEnumerable<PolicyPort> Simpler(PolicyPort port) =>
        port.First == port.Last ? [] : [port with { First = port.Last }, port with { Last = port.First }];

    private static IEnumerable<PolicyPeer> Simpler(PolicyPeer peer)
    {
        if (peer.IpBlock is { } block)
            foreach (var except in Fewer(block.Except, _ => [])) yield return peer with { IpBlock = block with { Except = except } };
        if (peer is { PodSelector: { } pods, NamespaceSelector: { } namespaces })
        {
            yield return peer with { PodSelector = null };
            yield return peer with { NamespaceSelector = null };
            foreach (var selector in Simpler(pods)) yield return peer with { PodSelector = selector };
            foreach (var selector in Simpler(namespaces)) yield return peer with { NamespaceSelector = selector };
        }
        else if (peer.PodSelector is { } alone)
        {
            foreach (var selector in Simpler(alone)) yield return peer with { PodSelector = selector };
        }
        else if (peer.NamespaceSelector is { } whole)
        {
            foreach (var selector in Simpler(whole)) yield return peer with { NamespaceSelector = selector };
        }
    }

    private static IEnumerable<LabelSelector> Simpler(LabelSelector selector) =>
        Fewer(selector.Requirements, _ => []).Select(requirements => new LabelSelector(requirements));

    private static IEnumerable<LabelSet> Fewer(LabelSet labels) =>
        labels.Select(gone => LabelSet.Create(labels.Where(label => label.Key != gone.Key)));

    private static IEnumerable<ImmutableArray<T>> Fewer<T>(ImmutableArray<T> items, Func<T, IEnumerable<T>> simpler)
    {
        for (var i = 0; i < items.Length; i++) yield return items.RemoveAt(i);
        foreach (var simplified in Simpler(items, simpler)) yield return simplified;
    }

    private static IEnumerable<ImmutableArray<T>> Simpler<T>(ImmutableArray<T> items, Func<T, IEnumerable<T>> simpler)
    {
        for (var i = 0; i < items.Length; i++)
            foreach (var item in simpler(items[i])) yield return items.SetItem(i, item);
    }
}
