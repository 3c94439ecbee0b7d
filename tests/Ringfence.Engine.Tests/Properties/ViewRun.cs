using Ringfence.Engine.Tests.Generation;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Properties;

/// <summary>Holds the views of random clusters to their promises.</summary>
internal static class ViewRun
{
    /// <summary>Compares the whole view of one random cluster.</summary>
    /// <returns>How many answers were compared.</returns>
    /// <exception cref="DifferenceException">A promise is broken; the message has the smallest cluster found.</exception>
    public static long Compare(int seed)
    {
        var cluster = RandomCluster.CreateSmall(seed);
        long answers = 0;
        if (Trial.Difference(() => answers = Compare(cluster)) is null) return answers;
        var smallest = Shrinking.Shrink(cluster, smaller => Trial.Difference(() => Compare(smaller)) is not null);
        throw new DifferenceException($"seed {seed}: {Trial.Difference(() => Compare(smallest))}\n{ClusterText.Of(smallest)}");
    }

    private static long Compare(ClusterObjects cluster)
    {
        var comparison = new ViewComparison(cluster);
        comparison.Run();
        return comparison.Answers;
    }
}
