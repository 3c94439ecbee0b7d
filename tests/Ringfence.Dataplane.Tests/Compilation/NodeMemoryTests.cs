using Ringfence.Dataplane.Compilation;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Dataplane.Tests.Compilation;

/// <summary>What a compilation takes over from the one before changes nothing but its time.</summary>
public sealed class NodeMemoryTests
{
    private const int Clusters = 60;
    private const int Changes = 25;

    [Fact]
    public void Compile_ChangeByChangeWithMemory_SameAsWithout()
    {
        var (kept, sets) = (0, 0);
        for (var seed = 0; seed < Clusters; seed++)
        {
            var dice = new Dice(seed);
            var realised = RealisedCluster.Create(RandomCluster.CreateSmall(seed), dice);
            var reachability = Reachability.Compile(Snapshot.Create(realised.Objects));
            var (cluster, memories) = (realised.Objects, realised.Scopes.Select(_ => new NodeMemory()).ToList());
            for (var change = 0; change < Changes; change++)
            {
                var step = RandomChange.Create(dice, cluster, change);
                cluster = step.Cluster;
                reachability.Apply(new Change(step.Object, step.Removed));
                var options = new RuleOptions { MostSharedSets = change % 2 == 0 ? 1 : 8, LogAllowed = change > Changes / 2, LogsPerSecond = change > Changes / 2 ? 50 : 100 };
                for (var node = 0; node < memories.Count; node++)
                {
                    var scope = realised.Scopes[node];
                    var before = memories[node].Rules.Sets;
                    var with = NodeCompiler.Compile(reachability, scope, options, memories[node]);
                    var without = NodeCompiler.Compile(Reachability.Compile(Snapshot.Create(cluster)), scope, options);
                    var place = $"seed {seed}, change {change}: {step}";
                    Assert.True(without.Rules.Sets.Values.SequenceEqual(with.Rules.Sets.Values), place);
                    Assert.True(without.Rules.Chains.Values.SequenceEqual(with.Rules.Chains.Values), place);
                    Assert.True(without.Rules.Counters.SequenceEqual(with.Rules.Counters), place);
                    Assert.Equal(without.Rulesets.Select(Describe), with.Rulesets.Select(Describe));
                    kept += with.Rules.Sets.Values.Count(set => before.TryGetValue(set.Name, out var old) && ReferenceEquals(old, set));
                    sets += with.Rules.Sets.Count;
                }
            }
        }

        Assert.True(kept > sets / 2, $"only {kept} of {sets} sets were taken over");
    }

    [Fact]
    public void FindPod_AfterChanges_AsASnapshotFindsIt()
    {
        for (var seed = 0; seed < Clusters; seed++)
        {
            var dice = new Dice(seed);
            var cluster = RealisedCluster.Create(RandomCluster.CreateSmall(seed), dice).Objects;
            var reachability = Reachability.Compile(Snapshot.Create(cluster));
            for (var change = 0; change < Changes; change++)
            {
                var step = RandomChange.Create(dice, cluster, change);
                cluster = step.Cluster;
                reachability.Apply(new Change(step.Object, step.Removed));
                var snapshot = Snapshot.Create(cluster);
                foreach (var group in cluster.Pods.SelectMany(pod => pod.Addresses).GroupBy(address => address))
                {
                    // Several pods with one address are told apart by their order alone.
                    if (group.Count() > 1) continue;
                    var (expected, found) = (snapshot.FindPod(group.Key), reachability.FindPod(group.Key));
                    if (expected < 0) Assert.Equal(-1, found);
                    else Assert.Equal(reachability.FindPod(snapshot.Pods[expected].Pod.Namespace, snapshot.Pods[expected].Pod.Name), found);
                }
            }
        }
    }

    private static string Describe(KeyValuePair<string, RulesetInfo> item) =>
        $"{item.Key}: {string.Join(',', item.Value.Policies.Select(policy => policy.QualifiedName))} at {string.Join(',', item.Value.Pods)}";
}
