using Ringfence.Model;

namespace Ringfence.Evidence.Probes;

/// <summary>One end of a probe.</summary>
/// <param name="Name"><c>ns/pod</c>, or the address itself for one outside the cluster.</param>
/// <param name="Address">The address that the probe goes to or comes from.</param>
/// <param name="IsPod">Whether it is a pod; otherwise an address outside the cluster.</param>
public sealed record ProbeEnd(string Name, Address Address, bool IsPod)
{
    /// <summary>What users call it: <c>ns/workload</c>; the address outside the cluster.</summary>
    public string Workload { get; init; } = Name;
}

/// <summary>A connection to be tried.</summary>
/// <param name="Source">Where from.</param>
/// <param name="Destination">Where to. Both ends have addresses of one family.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="Port">The destination's own port, 1–65535.</param>
public sealed record Probe(ProbeEnd Source, ProbeEnd Destination, Protocol Protocol, int Port);

/// <summary>What a probe saw.</summary>
public enum Observed
{
    /// <summary>The destination answered.</summary>
    Answered,

    /// <summary>The destination said that nobody listens: the packets were let through both ways.</summary>
    Refused,

    /// <summary>No answer in time.</summary>
    Dropped,

    /// <summary>No way there: the source's network or a router says so.</summary>
    NoRoute,

    /// <summary>The probe could not be made, which says nothing about policy.</summary>
    Failed,
}

/// <summary>One attempt of a probe.</summary>
/// <param name="Observed">What was seen.</param>
/// <param name="At">When it began.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Detail">Who answered, or the error; null where there is nothing to say.</param>
public sealed record Attempt(Observed Observed, DateTimeOffset At, TimeSpan Took, string? Detail);

/// <summary>Makes probes with real packets.</summary>
public interface IProber
{
    /// <summary>Tries a connection once.</summary>
    /// <param name="probe">The connection.</param>
    /// <param name="timeout">How long no answer is waited for before it counts as <see cref="Observed.Dropped"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<Attempt> TryAsync(Probe probe, TimeSpan timeout, CancellationToken cancellation);
}
