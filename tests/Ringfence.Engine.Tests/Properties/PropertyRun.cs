using Ringfence.Engine.Tests.Generation;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Properties;

/// <summary>Compares the engine with the oracle on random clusters.</summary>
internal static class PropertyRun
{
    private const int Sample = 12;

    /// <summary>Compares answers about the random clusters of this seed and the next ones, until at least <paramref name="count"/> are done.</summary>
    /// <returns>How many answers were compared.</returns>
    /// <exception cref="DifferenceException">Two answers differ; the message has the smallest cluster found.</exception>
    public static long Compare(int seed, long count)
    {
        long answers = 0;
        for (; answers < count; seed++)
        {
            var (cluster, number) = (RandomCluster.Create(seed), seed);
            if (Trial.Difference(() => answers += Compare(cluster, number, Sample)) is { } difference)
                throw new DifferenceException(Explain(seed, cluster, difference));
        }

        return answers;
    }

    private static string Explain(int seed, ClusterObjects cluster, string difference)
    {
        string? Whole(ClusterObjects smaller) => Trial.Difference(() => Compare(smaller, seed, percent: 100));
        var smallest = Shrinking.Shrink(cluster, smaller => Whole(smaller) is not null);
        return $"seed {seed}: {Whole(smallest) ?? difference}\n{ClusterText.Of(smallest)}";
    }

    private static long Compare(ClusterObjects cluster, int seed, int percent)
    {
        var comparison = new ClusterComparison(cluster, Reachability.Compile(Snapshot.Create(cluster)), new Dice(seed), percent);
        comparison.Run();
        return comparison.Answers;
    }
}
