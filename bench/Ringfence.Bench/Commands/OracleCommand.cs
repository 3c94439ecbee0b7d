using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;
using Ringfence.Engine.Tests.Properties;

namespace Ringfence.Bench.Commands;

/// <summary><c>oracle</c>: as many answers as wanted, each compared with the naive evaluator of the tests. The exit code is 1 where one differs.</summary>
internal static class OracleCommand
{
    public static Command Create()
    {
        var answers = new Option<double>("--answers") { Description = "How many answers to compare, 1e8 for the full run.", DefaultValueFactory = _ => 1e6 };
        var shape = new Option<string?>("--shape") { Description = "Sample a generated cluster of this shape instead of many small random ones." };
        var (seed, json) = (CommonOptions.Seed(), CommonOptions.Json());
        var command = new Command("oracle", "Compare answers with the naive oracle, on random clusters or on a generated one.") { answers, shape, seed, json };
        command.SetAction(result =>
        {
            var report = new Report();
            var (count, number) = ((long)result.GetValue(answers), result.GetValue(seed));
            try
            {
                if (result.GetValue(shape) is { } name) Add(report, name, () => new ShapeSamples(Shape.Parse(name), number).Compare(count));
                else Add(report, "random clusters", () => OnRandomClusters(number, count));
            }
            catch (Exception e) when (e is DifferenceException or AggregateException { InnerException: DifferenceException })
            {
                Console.Error.WriteLine((e.InnerException ?? e).Message);
                return 1;
            }

            report.Print(CommonOptions.IsJson(result, json));
            return 0;
        });
        return command;
    }

    private static void Add(Report report, string name, Func<long> compare)
    {
        var started = Stopwatch.GetTimestamp();
        var answers = compare();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        report.Add(name, "differences from the oracle", 0, "", 0, string.Create(CultureInfo.InvariantCulture, $"of {answers:#,0} answers, in {seconds:#,0.#} s"));
    }

    /// <summary>Every processor takes random clusters of its own, in slices small enough to tell how far it is.</summary>
    private static long OnRandomClusters(int seed, long count)
    {
        const long Slice = 250_000;
        long done = 0;
        var slices = (int)((count + Slice - 1) / Slice);
        Parallel.For(0, slices, slice =>
        {
            // Seeds of one slice follow each other; slices lie far enough apart never to meet.
            var answers = PropertyRun.Compare((seed * 100_000_000) + (slice * 50_000), Math.Min(Slice, count));
            if (Interlocked.Add(ref done, answers) is var sum && sum / 10_000_000 != (sum - answers) / 10_000_000) Report.Progress($"{sum:#,0} answers agree");
        });
        return done;
    }
}
