using Ringfence.Engine.Tests.Generation;
using Xunit;

namespace Ringfence.Engine.Tests.Properties;

public sealed class AllPairsTests
{
    // Every fortieth cluster is a crowded one.
    private const int Clusters = 400;

    [Fact]
    public void CountReachable_RandomClusters_IsTheNumberOfOpenPairs()
    {
        for (var seed = 0; seed < Clusters; seed++)
        {
            var reachability = Reachability.Compile(Snapshot.Create(RandomCluster.Create(seed)));
            var pods = reachability.Snapshot.Pods.Length;
            long open = 0;
            for (var source = 0; source < pods; source++)
                for (var destination = 0; destination < pods; destination++)
                    if (source != destination && IsOpen(reachability, source, destination)) open++;
            Assert.True(open == AllPairs.CountReachable(reachability), $"cluster {seed}");
        }
    }

    [Fact]
    public void SourcesOf_RandomClusters_AreThePodsWithSomethingOpen()
    {
        for (var seed = 0; seed < Clusters; seed++)
        {
            var reachability = Reachability.Compile(Snapshot.Create(RandomCluster.Create(seed)));
            var pods = reachability.Snapshot.Pods.Length;
            for (var destination = 0; destination < Math.Min(pods, 20); destination++)
            {
                var open = Enumerable.Range(0, pods).Where(source => source != destination && IsOpen(reachability, source, destination));
                Assert.Equal(open, AllPairs.SourcesOf(reachability, destination).Order());
            }
        }
    }

    private static bool IsOpen(Reachability reachability, int source, int destination) =>
        !reachability.BetweenByPolicy(Party.OfPod(source), Party.OfPod(destination)).Certain.IsEmpty;
}
