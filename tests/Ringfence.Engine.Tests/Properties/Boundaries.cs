using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Properties;

/// <summary>The ports and addresses at which an answer can change, with their neighbours. Between two of them nothing can.</summary>
internal static class Boundaries
{
    public static ImmutableArray<int> Ports(ClusterObjects cluster)
    {
        var ports = new SortedSet<int> { 1, 65535 };
        foreach (var port in Rules(cluster).SelectMany(rule => rule.Ports).Where(port => port.First > 0))
            ports.UnionWith([port.First - 1, port.First, port.Last, port.Last + 1]);
        foreach (var port in cluster.Pods.Select(pod => pod.Network).Concat(cluster.Workloads.Select(item => item.Network)).SelectMany(spec => spec.Ports))
            ports.UnionWith([port.Port - 1, port.Port, port.Port + 1]);
        return [.. ports.Where(port => port is >= 1 and <= 65535)];
    }

    /// <summary>Addresses that are no pod's: at the edges of the address space and of every block, and the nodes' own.</summary>
    public static ImmutableArray<Address> Addresses(ClusterObjects cluster)
    {
        var addresses = new SortedSet<Address> { Address.Parse("203.0.113.7"), Address.Parse("2001:db8::7") };
        foreach (var family in (ReadOnlySpan<IpFamily>)[IpFamily.V4, IpFamily.V6]) addresses.UnionWith([Address.Min(family), Address.Max(family)]);
        foreach (var block in Rules(cluster).SelectMany(rule => rule.Peers).Select(peer => peer.IpBlock).OfType<IpBlock>())
            foreach (var prefix in block.Except.Prepend(block.Cidr))
            {
                addresses.UnionWith([prefix.First, prefix.Last]);
                if (prefix.First.Value > 0) addresses.Add(prefix.First with { Value = prefix.First.Value - 1 });
                if (prefix.Last < Address.Max(prefix.Family)) addresses.Add(prefix.Last with { Value = prefix.Last.Value + 1 });
            }

        addresses.UnionWith(cluster.Nodes.SelectMany(node => node.Addresses));
        addresses.UnionWith(cluster.Pods.SelectMany(pod => pod.HostAddresses));
        addresses.ExceptWith(cluster.Pods.Where(pod => !pod.Network.HostNetwork).SelectMany(pod => pod.Addresses));
        return [.. addresses];
    }

    private static IEnumerable<PolicyRule> Rules(ClusterObjects cluster) =>
        cluster.NetworkPolicies.SelectMany(policy => policy.Ingress.Concat(policy.Egress));
}
