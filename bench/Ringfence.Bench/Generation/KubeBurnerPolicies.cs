using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Bench.Generation;

/// <summary>
/// What kube-burner's network policy workload creates: two local pods selected, and both directions open to five pods in five other
/// namespaces and to five CIDRs, each on five ports and five port ranges.
/// </summary>
internal static class KubeBurnerPolicies
{
    public static IEnumerable<NetworkPolicy> Of(ClusterPlan cluster, NamespacePlan plan)
    {
        var random = cluster.RandomFor(plan.Index, 2);
        for (var i = 0; i < plan.Policies; i++)
            yield return new NetworkPolicy
            {
                Namespace = plan.Name,
                Name = $"network-policy-{i + 1}",
                PodSelector = Numbers(random, 2),
                AffectsIngress = true,
                AffectsEgress = true,
                Ingress = Rules(cluster, random),
                Egress = Rules(cluster, random),
            };
    }

    private static ImmutableArray<PolicyRule> Rules(ClusterPlan cluster, Random random)
    {
        var namespaces = new Requirement(
            Namespace.NameLabel, SelectorOperator.In, Several(5, () => cluster.Namespaces[random.Next(cluster.Namespaces.Length)].Name));
        var pods = new PolicyPeer(Numbers(random, 5), new LabelSelector([namespaces]), null, default);
        var blocks = Several(5, () => new PolicyPeer(null, null, new IpBlock(new Prefix(new Address(IpFamily.V4, (uint)random.NextInt64(0x0B000000, 0xDF000000)), 24), []), default));
        return [new PolicyRule([pods], Ports(random), default), new PolicyRule(blocks, Ports(random), default)];
    }

    private static ImmutableArray<PolicyPort> Ports(Random random) =>
    [
        .. Several(5, () => random.Next(1_000, 10_000)).Select(port => new PolicyPort(Protocol.Tcp, null, port, port, default)),
        .. Several(5, () => random.Next(10_000, 60_000)).Select(port => new PolicyPort(Protocol.Tcp, null, port, port + random.Next(5, 100), default)),
    ];

    private static LabelSelector Numbers(Random random, int count) =>
        new([new Requirement("num", SelectorOperator.In, Several(count, () => $"{random.Next(1, 11)}"))]);

    private static ImmutableArray<T> Several<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];
}
