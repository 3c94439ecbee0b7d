using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Evidence.Planning;
using Ringfence.Evidence.Probes;
using Ringfence.Evidence.Running;
using Ringfence.Model;

namespace Ringfence.Evidence.Tests;

public sealed class ProbeRunnerTests
{
    [Theory]
    [InlineData(Outcome.Allowed, "Answered", Agreement.Agrees, 1)]
    [InlineData(Outcome.Allowed, "Refused", Agreement.Agrees, 1)]
    [InlineData(Outcome.Allowed, "Dropped,Answered", Agreement.Agrees, 2)]
    [InlineData(Outcome.Allowed, "Dropped", Agreement.Differs, 4)]
    [InlineData(Outcome.Allowed, "NoRoute", Agreement.Differs, 4)]
    [InlineData(Outcome.Denied, "Dropped", Agreement.Agrees, 1)]
    [InlineData(Outcome.Denied, "Answered", Agreement.Differs, 4)]
    [InlineData(Outcome.Denied, "Refused", Agreement.Differs, 4)]
    [InlineData(Outcome.Denied, "Answered,Dropped", Agreement.Differs, 2)]
    [InlineData(Outcome.Denied, "NoRoute", Agreement.NotCovered, 4)]
    [InlineData(Outcome.Denied, "Failed,Dropped", Agreement.Agrees, 2)]
    [InlineData(Outcome.Allowed, "Failed", Agreement.NotCovered, 4)]
    [InlineData(Outcome.Denied, "Failed", Agreement.NotCovered, 4)]
    public async Task Run_Surprise_IsRepeatedBeforeItCounts(Outcome expected, string seen, Agreement agreement, int attempts)
    {
        var script = seen.Split(',').Select(Enum.Parse<Observed>).ToArray();
        var prober = new ScriptedProber((_, tried) => script[Math.Min(tried, script.Length - 1)]);

        var result = Assert.Single(await Run(prober, [Planned(expected, 80)]));

        Assert.Equal(agreement, result.Agreement);
        Assert.Equal(attempts, result.Attempts.Length);
        Assert.Equal(attempts, prober.Asked.Count);
    }

    [Fact]
    public async Task Run_Repeats_HaveMorePatience()
    {
        var prober = new ScriptedProber((_, _) => Observed.Dropped);

        await Run(prober, [Planned(Outcome.Allowed, 80)]);

        Assert.Equal(new RunOptions().Timeouts, prober.Asked.Select(asked => asked.Timeout));
        Assert.Equal(prober.Asked.Select(asked => asked.Timeout).Order(), prober.Asked.Select(asked => asked.Timeout));
    }

    [Fact]
    public async Task Run_ManyProbes_KeepTheirOrderAndTheBound()
    {
        var (now, most) = (0, 0);
        var prober = new SlowProber(change => most = Math.Max(most, Interlocked.Add(ref now, change)));
        var planned = Enumerable.Range(1, 200).Select(port => Planned(Outcome.Allowed, port)).ToImmutableArray();
        var done = new List<int>();

        var results = await new ProbeRunner(prober, new RunOptions { Concurrency = 5 }).RunAsync(planned, new Recorder(done), TestContext.Current.CancellationToken);

        Assert.Equal(planned, results.Select(result => result.Planned));
        Assert.InRange(most, 1, 5);
        Assert.Equal(200, done.Max());
    }

    [Fact]
    public async Task Run_Cancelled_Stops()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new ProbeRunner(new ScriptedProber((_, _) => Observed.Answered), new RunOptions()).RunAsync([Planned(Outcome.Allowed, 1)], null, cancelled.Token));
    }

    private static Task<ImmutableArray<ProbeResult>> Run(IProber prober, ImmutableArray<PlannedProbe> probes) =>
        new ProbeRunner(prober, new RunOptions()).RunAsync(probes, null, TestContext.Current.CancellationToken);

    private static PlannedProbe Planned(Outcome expected, int port)
    {
        var (source, destination) = (Address.Parse("10.0.0.1"), Address.Parse("10.0.0.2"));
        return new PlannedProbe(
            new Probe(new ProbeEnd("a/a", source, IsPod: true), new ProbeEnd("a/b", destination, IsPod: true), Protocol.Tcp, port),
            new Expectation(expected, [], null, null, ["because"]));
    }

    private sealed class Recorder(List<int> done) : IProgress<int>
    {
        public void Report(int value)
        {
            lock (done) done.Add(value);
        }
    }

    private sealed class SlowProber(Action<int> count) : IProber
    {
        public async Task<Attempt> TryAsync(Probe probe, TimeSpan timeout, CancellationToken cancellation)
        {
            count(1);
            await Task.Yield();
            count(-1);
            return OracleProber.Saw(Observed.Answered);
        }
    }
}
