using System.CommandLine;
using Ringfence.Bench.Baseline;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;
using Ringfence.Engine;

namespace Ringfence.Bench.Commands;

/// <summary><c>baseline</c>: Ringfence beside two other ways to make the matrix, in one run, at sizes where all of them end.</summary>
internal static class BaselineCommand
{
    public static Command Create()
    {
        var (seed, runs, json) = (CommonOptions.Seed(), CommonOptions.Runs(), CommonOptions.Json());
        var command = new Command("baseline", "Compare with a pair-by-pair matrix and with a bit matrix of pods, in the same run.") { seed, runs, json };
        command.SetAction(result =>
        {
            var report = new Report();
            var (seedValue, runsValue) = (result.GetValue(seed), result.GetValue(runs));
            foreach (var size in (string[])["1k/300/10", "2k/600/20", "1k"]) AgainstPairs(report, new GeneratedCluster(Shape.Parse(size), seedValue), runsValue);
            foreach (var size in (string[])["10k/1k/100", "20k/1k/200"]) AgainstBits(report, new GeneratedCluster(Shape.Parse(size), seedValue), runsValue);
            report.Print(CommonOptions.IsJson(result, json));
        });
        return command;
    }

    private static void AgainstPairs(Report report, GeneratedCluster cluster, int runs)
    {
        var objects = cluster.ToObjects();
        var name = cluster.Shape.Size;
        var expected = Clock.Time(() => new PairwiseMatrix(objects).CountOpenPairs(), out var pairs);
        var (open, ours) = Ours(objects, runs);
        report.Add(name, "pair by pair", pairs, "ms", note: $"{expected:#,0} open pairs");
        report.Add(name, "Ringfence, build and count", ours, note: open == expected ? "the same number of open pairs" : $"DIFFERS: {open:#,0} open pairs");
        report.Add(name, "times faster", pairs / ours.Milliseconds, "×");
    }

    private static void AgainstBits(Report report, GeneratedCluster cluster, int runs)
    {
        var objects = cluster.ToObjects();
        var name = cluster.Shape.Size;
        var (_, bytes) = Clock.Time(() => PodBitMatrix.Build(objects), out var bits);
        var (_, ours) = Ours(objects, runs);
        report.Add(name, "bit matrix of pods", bits, "ms", note: $"{bytes / 1_000_000:#,0} MB, neither ports nor CIDRs");
        report.Add(name, "Ringfence, build and count", ours, note: "with ports and CIDRs");
        report.Add(name, "times faster", bits / ours.Milliseconds, "×");
    }

    private static (long Open, Duration Duration) Ours(Model.ClusterObjects objects, int runs)
    {
        var open = 0L;
        var best = Clock.Best(runs, () => open = AllPairs.CountReachable(Reachability.Compile(Snapshot.Create(objects))));
        return (open, best);
    }
}
