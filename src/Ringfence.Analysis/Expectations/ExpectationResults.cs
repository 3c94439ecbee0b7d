using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Expectations;

/// <summary>What became of an expectation, a case, or all cases; the worse is the greater.</summary>
public enum ExpectationOutcome
{
    /// <summary>It holds.</summary>
    Passed,

    /// <summary>The input lacks what the answer depends on.</summary>
    Unknown,

    /// <summary>It does not hold.</summary>
    Failed,

    /// <summary>It names what is not there, so that it cannot be judged.</summary>
    Error,
}

/// <summary>What became of a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Results">What became of its expectations, in their order.</param>
public sealed record CaseResult(ExpectationCase Case, ImmutableArray<ExpectationResult> Results)
{
    /// <summary>The worst of its expectations.</summary>
    public ExpectationOutcome Outcome { get; } = Results.Max(result => result.Outcome);

    /// <summary>How many flows were judged.</summary>
    public long Flows => Results.Sum(result => result.Flows);
}

/// <summary>What became of an expectation.</summary>
/// <param name="Expectation">The expectation.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record ExpectationResult(Expectation Expectation, ExpectationOutcome Outcome)
{
    /// <summary>How many flows were judged, between workloads and ranges that policies tell apart.</summary>
    public long Flows { get; init; }

    /// <summary>The flows that are not as expected, or not known to be: the first of them.</summary>
    public ImmutableArray<UnexpectedFlow> Unexpected { get; init; } = [];

    /// <summary>How many such flows there are in all.</summary>
    public long UnexpectedCount { get; init; }

    /// <summary>What the input lacks where the outcome is unknown.</summary>
    public ImmutableArray<string> Missing { get; init; } = [];

    /// <summary>Why it cannot be judged; null where it was.</summary>
    public Diagnostic? Problem { get; init; }

    /// <summary>What the user should know about how it was understood.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}

/// <summary>A flow that is not as expected, or not known to be.</summary>
/// <param name="Source">Where it starts.</param>
/// <param name="Destination">Where it ends.</param>
/// <param name="Expected">What was expected: allowed or denied.</param>
/// <param name="Connections">The connections of which something else, or nothing, is known.</param>
/// <param name="Verdict">The judgement of one of them, <see cref="Verdict.Port"/>.</param>
public sealed record UnexpectedFlow(string Source, string Destination, Outcome Expected, ConnectionSet Connections, Verdict Verdict)
{
    /// <summary>What is certainly open between the two, where that is told.</summary>
    public ConnectionSet? Open { get; init; }
}
