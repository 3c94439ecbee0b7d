using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Evidence.Planning;
using Ringfence.Evidence.Running;

namespace Ringfence.Evidence.Records;

/// <summary>What evidence is made from.</summary>
public sealed record ProofFacts
{
    /// <summary>What was proved, in the user's words.</summary>
    public required string Name { get; init; }

    /// <summary>The cluster whose policies were to be in force.</summary>
    public required Reachability Reachability { get; init; }

    /// <summary>The plan.</summary>
    public required ProbePlan Plan { get; init; }

    /// <summary>What the probes saw.</summary>
    public required ImmutableArray<ProbeResult> Results { get; init; }

    /// <summary>The most probes that were wanted.</summary>
    public required int MaxProbes { get; init; }

    /// <summary>How they were made.</summary>
    public required RunOptions Run { get; init; }

    /// <summary>Whether policies were enforced.</summary>
    public required bool Enforced { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it had ended.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>Where it was made.</summary>
    public required EvidenceEnvironment Environment { get; init; }

    /// <summary>What was expected by those who wrote it down, and what the probes showed; null where nothing was.</summary>
    public ImmutableArray<ExpectationRecord>? Expectations { get; init; }

    /// <summary>The files that were read.</summary>
    public required ImmutableArray<FileDigest> Inputs { get; init; }
}
