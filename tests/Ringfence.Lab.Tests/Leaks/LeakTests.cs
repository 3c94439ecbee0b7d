using Xunit;

namespace Ringfence.Lab.Tests.Leaks;

/// <summary>No packet is let through that policy denies, and none lost that it allows, whatever happens to policies, pods and agents.</summary>
public sealed class LeakTests
{
    private const int Changes = 120;

    [Fact]
    public async Task Policies_ChangeWhileAgentsAreKilled_NothingLeaksAndNothingIsLost()
    {
        Root.IsNeeded();
        var result = await LeakRun.RunAsync(Path.Combine(AppContext.BaseDirectory, "ringfence"), Changes, seed: 1, TimeSpan.FromMilliseconds(60), TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper!.WriteLine($"{result.Denied} denied tried, {result.Allowed} allowed made, {result.Commits} commits, {result.Kills} kills");
        Assert.Empty(result.Complaints);
        Assert.Empty(result.Leaks);
        Assert.Empty(result.Failures);
        Assert.True(result.Commits > Changes / 4, $"only {result.Commits} changes were put in force");
        Assert.True(result.Kills > 0, "no agent was killed");
        Assert.True(result.Denied > LeakRun.EnoughTraffic, $"only {result.Denied} denied connections were tried");
        Assert.True(result.Allowed > LeakRun.EnoughTraffic, $"only {result.Allowed} allowed connections were made");
    }
}
