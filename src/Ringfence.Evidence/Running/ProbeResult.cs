using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Evidence.Planning;
using Ringfence.Evidence.Probes;

namespace Ringfence.Evidence.Running;

/// <summary>Whether packets saw what the engine says.</summary>
public enum Agreement
{
    /// <summary>They did.</summary>
    Agrees,

    /// <summary>They did not.</summary>
    Differs,

    /// <summary>The probe could not be made, or says nothing about policy.</summary>
    NotCovered,
}

/// <summary>A probe that was made.</summary>
/// <param name="Planned">The probe and what was expected.</param>
/// <param name="Attempts">What was seen, at least once; more than once only where the first was a surprise.</param>
public sealed record ProbeResult(PlannedProbe Planned, ImmutableArray<Attempt> Attempts)
{
    /// <summary>
    /// The attempt that counts. For an allowed connection one that was let through, if any: packets may get lost. For a denied one too:
    /// whatever the other attempts saw, it should not have happened.
    /// </summary>
    public Attempt Deciding { get; } = Attempts.FirstOrDefault(attempt => IsLetThrough(attempt.Observed)) ?? Attempts[^1];

    /// <summary>What was seen.</summary>
    public Observed Observed => Deciding.Observed;

    /// <summary>Whether the packets were let through.</summary>
    public bool IsOpen => IsLetThrough(Observed);

    /// <summary>Whether it is what the engine says.</summary>
    public Agreement Agreement => (Planned.Expected.Outcome, Observed) switch
    {
        (_, Observed.Failed) => Agreement.NotCovered,
        (Outcome.Allowed, Observed.Answered or Observed.Refused) => Agreement.Agrees,
        (Outcome.Denied, Observed.Dropped) => Agreement.Agrees,
        // Where no way leads, nothing can be said about what policy would do on it.
        (Outcome.Denied, Observed.NoRoute) => Agreement.NotCovered,
        _ => Agreement.Differs,
    };

    /// <summary>How many attempts saw the packets let through.</summary>
    public int TimesOpen => Attempts.Count(attempt => IsLetThrough(attempt.Observed));

    /// <summary>Whether an attempt saw packets let through: nobody listens is an answer too.</summary>
    internal static bool IsLetThrough(Observed observed) => observed is Observed.Answered or Observed.Refused;
}
