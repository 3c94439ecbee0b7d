using System.Collections.Immutable;

namespace Ringfence.Evidence.Running;

/// <summary>How probes are made.</summary>
public sealed record RunOptions
{
    /// <summary>How many probes are under way at a time; at least 1.</summary>
    public int Concurrency { get; init; } = 192;

    /// <summary>How long no answer is waited for, attempt by attempt; a probe that does not surprise is made once. At least one.</summary>
    public ImmutableArray<TimeSpan> Timeouts { get; init; } =
        [TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)];
}
