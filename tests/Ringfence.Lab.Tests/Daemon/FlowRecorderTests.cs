using System.Collections.Immutable;
using System.Globalization;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Flows;
using Ringfence.Engine;
using Ringfence.Lab.Daemon;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Daemon;

public class FlowRecorderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NodeThatCanNoLongerBeRead_IsToldToWhoeverAsks_AndDisposeGoesOn(bool follow)
    {
        var reports = new List<string>();
        var recorder = new FlowRecorder(reports.Add);
        recorder.Read("node-1", Broken());
        var told = 0;

        var problem = await Assert.ThrowsAsync<LabException>(async () =>
        {
            await foreach (var _ in recorder.TellAsync(follow, Cancellation)) told++;
        });
        await recorder.DisposeAsync();

        Assert.Equal(1, told);
        Assert.Equal("the flows of node-1 are no longer read: it broke", problem.Message);
        Assert.Contains("it broke", Assert.Single(reports), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NodeThatBreaksLater_EndsWhatIsFollowed()
    {
        var go = new TaskCompletionSource();
        var recorder = new FlowRecorder(_ => { });
        recorder.Read("node-1", Broken(go.Task));
        await using var telling = recorder.TellAsync(follow: true, Cancellation).GetAsyncEnumerator(Cancellation);
        var next = telling.MoveNextAsync();

        go.SetResult();

        Assert.True(await next);
        await Assert.ThrowsAsync<LabException>(async () => await telling.MoveNextAsync());
        await recorder.DisposeAsync();
    }

    [Fact]
    public void RulesetMemory_KnowsFormerOnes_AndIsBounded()
    {
        var memory = new RulesetMemory();
        for (var change = 0; change < 3 * RulesetMemory.Most; change++)
        {
            memory.Learn(Program(change));
            Assert.Contains(Id(change), memory.Known.Keys);
            if (change > 0) Assert.Contains(Id(change - 1), memory.Known.Keys);
            Assert.InRange(memory.Known.Count, 1, RulesetMemory.Most);
        }

        static string Id(int number) => number.ToString(CultureInfo.InvariantCulture);
        static ImmutableSortedDictionary<string, RulesetInfo> Program(int number) =>
            ImmutableSortedDictionary<string, RulesetInfo>.Empty.Add(Id(number), new RulesetInfo(Id(number), Direction.Ingress, [], []));
    }

    private static async IAsyncEnumerable<FlowRecord> Broken(Task? after = null)
    {
        if (after is not null) await after;
        yield return new FlowRecord
        {
            Time = default,
            Node = "node-1",
            IsAllowed = false,
            Direction = Direction.Ingress,
            Source = new FlowParty("a", Address.Parse("10.0.0.1")),
            Destination = new FlowParty("b", Address.Parse("10.0.0.2")),
            Protocol = "TCP",
            Port = 80,
            Policies = [],
        };
        throw new InvalidOperationException("it broke");
    }
}
