using Ringfence.Engine.Tests.Generation;
using Ringfence.Engine.Tests.Oracle;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Engine.Tests.Properties;

/// <summary>A comparison proves nothing about what its clusters do not have.</summary>
public sealed class RandomClusterTests
{
    private const int Clusters = 400;

    private static readonly List<ClusterObjects> Sample = [.. Enumerable.Range(0, Clusters).Select(RandomCluster.Create)];

    [Fact]
    public void Create_SameSeed_GivesTheSameCluster() =>
        Assert.Equal(ClusterText.Of(RandomCluster.Create(7)), ClusterText.Of(RandomCluster.Create(7)));

    [Fact]
    public void Create_ManySeeds_EveryFeatureIsCommon()
    {
        var features = new Dictionary<string, Func<ClusterObjects, bool>>
        {
            ["undeclared namespace"] = c => c.Pods.Any(pod => c.Namespaces.All(item => item.Name != pod.Namespace)),
            ["wrong default label"] = c => c.Namespaces.Any(item => item.Labels[Namespace.NameLabel] is { } name && name != item.Name),
            ["host network"] = c => c.Pods.Any(pod => pod.Network.HostNetwork),
            ["host network without host address"] = c => c.Pods.Any(pod => pod.Network.HostNetwork && pod.HostAddresses.IsEmpty && !pod.Addresses.IsEmpty),
            ["two pods of one node"] = c => c.Pods.Any(pod => pod.NodeName is not null && c.Pods.Count(other => other.NodeName == pod.NodeName) > 1),
            ["pending without address"] = c => c.Pods.Any(pod => pod.Phase == PodPhase.Pending && pod.Addresses.IsEmpty),
            ["planned"] = c => c.Pods.Any(pod => pod.Phase == PodPhase.Planned),
            ["finished"] = c => c.Pods.Any(pod => pod.IsFinished),
            ["dual stack"] = c => c.Pods.Any(pod => pod.Addresses.Select(address => address.Family).Distinct().Count() == 2),
            ["workload without pods"] = c => c.Workloads.Any(item => c.Pods.All(pod => pod.Owner?.Name != item.Name)),
            ["workload with pods"] = c => c.Workloads.Any(item => c.Pods.Any(pod => pod.Owner?.Name == item.Name)),
            ["a port name with several numbers"] = c => c.Pods.Any(pod => pod.Network.Ports.Where(port => port.Name is not null).GroupBy(port => (port.Name, port.Protocol)).Any(g => g.Select(port => port.Port).Distinct().Count() > 1)),
            ["empty rule"] = c => Rules(c).Any(rule => rule.Peers.IsEmpty && rule.Ports.IsEmpty),
            ["inert rules"] = c => c.NetworkPolicies.Any(policy => (!policy.AffectsIngress && !policy.Ingress.IsEmpty) || (!policy.AffectsEgress && !policy.Egress.IsEmpty)),
            ["policy without rules"] = c => c.NetworkPolicies.Any(policy => policy.Ingress.IsEmpty && policy.Egress.IsEmpty),
            ["twin policies"] = c => c.NetworkPolicies.Any(policy => policy.Name.StartsWith("twin", StringComparison.Ordinal)),
            ["named port"] = c => Rules(c).Any(rule => rule.Ports.Any(port => port.Name is not null)),
            ["named port beside a block"] = c => Rules(c).Any(rule => rule.Ports.Any(port => port.Name is not null) && rule.Peers.Any(peer => peer.IpBlock is not null)),
            ["every port of a protocol"] = c => Rules(c).Any(rule => rule.Ports.Any(port => port.IsEveryPort)),
            ["port range"] = c => Rules(c).Any(rule => rule.Ports.Any(port => port.First < port.Last)),
            ["block with exceptions"] = c => Blocks(c).Any(block => !block.Except.IsEmpty),
            ["exception of one pod"] = c => Blocks(c).Any(block => c.Pods.Any(pod => pod.Addresses.Any(address => block.Cidr.Contains(address) && !block.Contains(address)))),
            ["IPv6 block that holds a pod"] = c => Blocks(c).Any(block => block.Cidr.Family == IpFamily.V6 && c.Pods.Any(pod => pod.Addresses.Any(block.Contains))),
            ["whole address space"] = c => Blocks(c).Any(block => block.Cidr.Length == 0),
            ["crowd"] = c => c.Pods.Length >= 80,
        };
        foreach (var @operator in Enum.GetValues<SelectorOperator>())
            features[$"operator {@operator}"] = c => c.NetworkPolicies.Any(policy => policy.PodSelector.Requirements.Any(requirement => requirement.Operator == @operator));
        Assert.All(features, feature => Assert.True(Sample.Count(feature.Value) >= Clusters / 50, $"{feature.Key}: {Sample.Count(feature.Value)} of {Clusters} clusters"));
    }

    [Fact]
    public void Create_ManySeeds_EveryAnswerIsCommon()
    {
        var answers = new Dictionary<Truth, int>();
        var dice = new Dice(1);
        foreach (var cluster in Sample.Where(cluster => cluster.Pods.Any(pod => !pod.IsFinished)))
        {
            var oracle = new NaiveOracle(cluster);
            var pods = cluster.Pods.Where(pod => !pod.IsFinished).Select(End.Of).ToList();
            var addresses = Boundaries.Addresses(cluster).Select(End.Of).ToList();
            for (var i = 0; i < 40; i++)
            {
                var (pod, other) = (dice.Pick<End>(pods), dice.Pick<End>(dice.Percent(60) ? pods : addresses));
                var (source, destination) = dice.Percent(50) ? (pod, other) : (other, pod);
                var answer = oracle.Allowed(source, destination, dice.Pick<Protocol>(Vocabulary.Protocols), dice.Pick<int>(Vocabulary.Ports));
                answers[answer] = answers.GetValueOrDefault(answer) + 1;
            }
        }

        var all = answers.Values.Sum();
        Assert.True(answers[Truth.Yes] > all / 10 && answers[Truth.No] > all / 10 && answers[Truth.Maybe] > all / 100, string.Join(", ", answers));
    }

    private static IEnumerable<PolicyRule> Rules(ClusterObjects cluster) => cluster.NetworkPolicies.SelectMany(policy => policy.Ingress.Concat(policy.Egress));

    private static IEnumerable<IpBlock> Blocks(ClusterObjects cluster) => Rules(cluster).SelectMany(rule => rule.Peers).Select(peer => peer.IpBlock).OfType<IpBlock>();
}
