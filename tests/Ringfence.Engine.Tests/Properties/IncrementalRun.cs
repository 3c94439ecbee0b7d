using System.Collections.Immutable;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Properties;

/// <summary>Applies random changes one by one; after each the answers must be those of the oracle and of a rebuild.</summary>
internal static class IncrementalRun
{
    private const int Sample = 3;

    /// <summary>Compares along one sequence of changes.</summary>
    /// <returns>How many answers were compared.</returns>
    /// <exception cref="DifferenceException">Two answers differ; the message has the smallest cluster and the fewest changes found.</exception>
    public static long Compare(int seed, int changes)
    {
        var start = RandomCluster.Create(seed);
        var steps = Steps(start, new Dice(-seed - 1), changes);
        long answers = 0;
        if (Trial.Difference(() => answers = Replay(start, steps, seed, Sample)) is not { } difference) return answers;

        string? Whole(ClusterObjects cluster, ImmutableArray<Step> some) => Trial.Difference(() => Replay(cluster, some, seed, percent: 100));
        var fewest = Shrinking.Shrink(steps, fewer => Whole(start, fewer) is not null);
        var smallest = Shrinking.Shrink(start, smaller => Whole(smaller, fewest) is not null);
        throw new DifferenceException(
            $"seed {seed}: {Whole(smallest, fewest) ?? difference}\n{ClusterText.Of(smallest)}"
            + string.Concat(fewest.Select(step => $"then {step}\n  {ClusterText.Of(step.Object)}\n")));
    }

    private static ImmutableArray<Step> Steps(ClusterObjects cluster, Dice dice, int count)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        for (var i = 0; i < count; i++)
        {
            var step = RandomChange.Create(dice, cluster, i);
            steps.Add(step with { RereadsSnapshot = dice.Percent(15) });
            cluster = step.Cluster;
        }

        return steps.ToImmutable();
    }

    private static long Replay(ClusterObjects cluster, ImmutableArray<Step> steps, int seed, int percent)
    {
        long answers = 0;
        var reachability = Reachability.Compile(Snapshot.Create(cluster));
        foreach (var step in steps)
        {
            cluster = step.On(cluster);
            reachability.Apply(new Change(step.Object, step.Removed));
            var comparison = new ClusterComparison(cluster, reachability, new Dice(seed), percent);
            comparison.RunWithoutSnapshot();
            if (step.RereadsSnapshot) CompareWithRebuild(comparison, cluster, reachability);
            answers += comparison.Answers;
        }

        return answers;
    }

    private static void CompareWithRebuild(ClusterComparison comparison, ClusterObjects cluster, Reachability reachability)
    {
        comparison.Run();
        Agree.OnAll(
            Describe(Reachability.Compile(Snapshot.Create(cluster))), Describe(reachability), () => "the view after a change, and after a rebuild");
    }

    private static IEnumerable<string> Describe(Reachability reachability) =>
        ClusterView.Create(reachability).Connections()
            .Select(line => $"{line.Source.Name} -> {line.Destination.Name}: {line.Reach.Certain} / {line.Reach.Possible}");
}
