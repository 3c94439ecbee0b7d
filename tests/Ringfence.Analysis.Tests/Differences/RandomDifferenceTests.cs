using Ringfence.Engine.Tests.Generation;
using Ringfence.Model;

namespace Ringfence.Analysis.Tests.Differences;

public sealed class RandomDifferenceTests
{
    [Fact]
    public void Between_RandomPairsOfClusters_ClaimsWhatTheOracleSees()
    {
        long facts = 0;
        Parallel.For(0, 250, seed =>
        {
            var (old, @new) = RandomPair(seed);
            try
            {
                var comparison = new DifferenceFacts(old, @new);
                comparison.Compare();
                Interlocked.Add(ref facts, comparison.Facts);
            }
            catch (Exception problem)
            {
                throw new InvalidOperationException($"seed {seed}: {problem.Message}\n--- old\n{ClusterText.Of(old)}\n--- new\n{ClusterText.Of(@new)}", problem);
            }
        });
        Assert.True(facts > 1_000_000, $"only {facts} facts were compared");
    }

    /// <summary>A cluster and what some changes made of it; now and then two that have little to do with each other.</summary>
    private static (ClusterObjects Old, ClusterObjects New) RandomPair(int seed)
    {
        var old = seed % 4 == 0 ? RandomCluster.CreateMedium(seed) : RandomCluster.CreateSmall(seed);
        if (seed % 10 == 9) return (old, RandomCluster.CreateSmall(seed + 1_000_000));
        var dice = new Dice(seed);
        var @new = old;
        if (dice.Percent(40)) @new = old with { NetworkPolicies = [.. old.NetworkPolicies.Where(_ => dice.Percent(60))] };
        for (var i = dice.UpTo(5); i >= 0; i--) @new = RandomChange.Create(dice, @new, i).Cluster;
        return dice.Percent(50) ? (old, @new) : (@new, old);
    }
}
