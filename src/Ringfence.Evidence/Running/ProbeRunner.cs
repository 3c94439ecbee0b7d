using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Evidence.Planning;
using Ringfence.Evidence.Probes;

namespace Ringfence.Evidence.Running;

/// <summary>Makes the probes of a plan, several at a time, and repeats what surprises.</summary>
/// <param name="prober">Makes one attempt.</param>
/// <param name="options">How.</param>
public sealed class ProbeRunner(IProber prober, RunOptions options)
{
    /// <summary>Makes the probes.</summary>
    /// <param name="probes">The probes.</param>
    /// <param name="progress">Told how many are done, now and then.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The results, in the order of the probes.</returns>
    public async Task<ImmutableArray<ProbeResult>> RunAsync(ImmutableArray<PlannedProbe> probes, IProgress<int>? progress, CancellationToken cancellation)
    {
        var results = new ProbeResult[probes.Length];
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellation };
        await Parallel.ForAsync(0, probes.Length, parallel, async (i, cancel) =>
        {
            results[i] = await RunAsync(probes[i], cancel).ConfigureAwait(false);
            progress?.Report(Interlocked.Increment(ref done));
        }).ConfigureAwait(false);
        return [.. results];
    }

    private async Task<ProbeResult> RunAsync(PlannedProbe planned, CancellationToken cancellation)
    {
        var attempts = ImmutableArray.CreateBuilder<Attempt>();
        foreach (var timeout in options.Timeouts)
        {
            var attempt = await prober.TryAsync(planned.Probe, timeout, cancellation).ConfigureAwait(false);
            attempts.Add(attempt);
            if (IsAsExpected(planned, attempt.Observed)) break;
        }

        return new ProbeResult(planned, attempts.DrainToImmutable());
    }

    private static bool IsAsExpected(PlannedProbe planned, Observed observed) => planned.Expected.Outcome == Outcome.Allowed
        ? ProbeResult.IsLetThrough(observed)
        : observed == Observed.Dropped;
}
