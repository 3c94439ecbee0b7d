using Xunit;

namespace Ringfence.Engine.Tests.Properties;

public sealed class EngineAgainstOracleTests
{
    private const long Answers = 4_000_000;

    [Fact]
    public void Answer_RandomClusters_MillionsAgreeWithTheOracle() =>
        Compare(runs: 16, atLeast: Answers, run => PropertyRun.Compare(seed: run * 1_000_000, Answers / 16));

    [Fact]
    public void Apply_RandomChanges_AnswersLikeARebuildAndLikeTheOracle() =>
        Compare(runs: 250, atLeast: 500_000, seed => IncrementalRun.Compare(seed, changes: 12));

    [Fact]
    public void View_RandomClusters_LosesNothingAndMergesOnlyWhatIsAlike() =>
        Compare(runs: 250, atLeast: 500_000, ViewRun.Compare);

    private static void Compare(int runs, long atLeast, Func<int, long> run)
    {
        long answers = 0;
        string? difference = null;
        Parallel.For(0, runs, (number, loop) =>
        {
            if (Trial.Difference(() => Interlocked.Add(ref answers, run(number))) is not { } found) return;
            difference = found;
            loop.Stop();
        });
        Assert.True(difference is null, difference);
        Assert.True(answers >= atLeast, $"only {answers} answers were compared");
        TestContext.Current.TestOutputHelper?.WriteLine($"{answers} answers were compared");
    }
}
