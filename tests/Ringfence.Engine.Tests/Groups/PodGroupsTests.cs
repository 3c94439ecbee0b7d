using Ringfence.Engine.Tests.Generation;
using Ringfence.Engine.Tests.Oracle;
using Ringfence.Engine.Tests.Properties;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Engine.Tests.Groups;

public sealed class PodGroupsTests
{
    private const int Clusters = 100;

    [Fact]
    public void Groups_RandomClusters_SelectAndAdmitAsTheOracleDoes()
    {
        var answers = 0;
        for (var seed = 0; seed < Clusters; seed++)
        {
            var cluster = RandomCluster.CreateSmall(seed);
            var reachability = Reachability.Compile(Snapshot.Create(cluster));
            var oracle = new NaiveOracle(cluster);
            var ends = reachability.Snapshot.Pods.Select(pod => End.Of(pod.Pod, cluster)).ToList();
            var (certain, possible) = (PodGroups.Certain(reachability), PodGroups.Possible(reachability));
            Assert.Equal(certain.Policies.Select(policy => policy.Policy), possible.Policies.Select(policy => policy.Policy));
            foreach (var groups in (PodGroups[])[certain, possible])
                Assert.Equal(Enumerable.Range(0, ends.Count), groups.All.SelectMany(group => group.Pods.ToArray()).Order());

            foreach (var direction in (Direction[])[Direction.Ingress, Direction.Egress])
                for (var pod = 0; pod < ends.Count; pod++)
                {
                    var isolating = oracle.Isolating(ends[pod], direction).Select(policy => policy.QualifiedName).Order(StringComparer.Ordinal);
                    var group = certain.Of(pod);
                    Assert.Equal(isolating, group.Policies.Where(policy => policy.Policy.Affects(direction)).Select(policy => policy.Policy.QualifiedName).Order(StringComparer.Ordinal));
                    Assert.Equal(isolating, certain.Policies.Where(policy => policy.Policy.Affects(direction) && policy.Selected.Contains(group)).Select(policy => policy.Policy.QualifiedName).Order(StringComparer.Ordinal));
                    foreach (var policy in group.Policies)
                        foreach (var rule in policy.Rules(direction))
                            for (var other = 0; other < ends.Count; other++)
                                answers += CompareRule(cluster, oracle, certain, possible, policy.Policy, direction, rule.Index, pod, other, ends);
                }
        }

        Assert.True(answers > 50_000, $"only {answers} answers");
    }

    private static int CompareRule(
        ClusterObjects cluster, NaiveOracle oracle, PodGroups certain, PodGroups possible, NetworkPolicy policy, Direction direction, int index, int subject, int other, List<End> ends)
    {
        var (source, destination) = direction == Direction.Egress ? (subject, other) : (other, subject);
        var answers = 0;
        foreach (var port in Boundaries.Ports(cluster))
        {
            var truth = oracle.Admits(policy, direction, policy.Rules(direction)[index], ends[source], ends[destination], Protocol.Tcp, port);
            Assert.Equal(truth == Truth.Yes, Admits(certain, port));
            Assert.Equal(truth != Truth.No, Admits(possible, port));
            answers += 2;
        }

        return answers;

        // An egress rule's port name means nothing at an address, so a pod that an ipBlock holds is asked by number.
        bool Admits(PodGroups groups, int port)
        {
            var rule = groups.Policies.First(item => ReferenceEquals(item.Policy, policy)).Rules(direction)[index];
            var (to, at) = (groups.Of(destination), groups.Of(other));
            if (rule.IsForEveryone) return rule.PortsAt(to).Contains(Protocol.Tcp, port);
            return rule.Peers.Any(peer => peer.Groups.Contains(at)
                && (direction == Direction.Egress && peer.Block is not null ? rule.NumberedPorts : rule.PortsAt(to)).Contains(Protocol.Tcp, port));
        }
    }

    [Fact]
    public void Sets_RandomMembers_BehaveLikeSets()
    {
        var cluster = RandomCluster.CreateSmall(7);
        var groups = PodGroups.Certain(Reachability.Compile(Snapshot.Create(cluster)));
        var dice = new Dice(1);
        for (var round = 0; round < 500; round++)
        {
            var (a, b) = (Some(), Some());
            var (left, right) = (groups.SetOf(a), groups.SetOf(b));
            Assert.Equal(Members(left).Intersect(Members(right)).Order(), Members(left.Intersect(right)));
            Assert.Equal(Members(left).Except(Members(right)).Order(), Members(left.Except(right)));
            Assert.Equal(Members(left).Union(Members(right)).Order(), Members(left.Union(right)));
            Assert.Equal(!Members(right).Except(Members(left)).Any(), left.IsSupersetOf(right));
            Assert.Equal(Members(left).SequenceEqual(Members(right)), left.Equals(right));
        }

        int[] Some() => [.. Enumerable.Range(0, groups.All.Length).Where(_ => dice.Percent(40))];
        static IEnumerable<int> Members(GroupSet set) => set.Select(group => group.Number);
    }
}
