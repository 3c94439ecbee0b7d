using Ringfence.Engine;
using Ringfence.Evidence.Probes;

namespace Ringfence.Evidence.Planning;

/// <summary>A probe with what the engine says about it.</summary>
/// <param name="Probe">The connection.</param>
/// <param name="Expected">What it should see.</param>
public sealed record PlannedProbe(Probe Probe, Expectation Expected);

/// <summary>What is not covered by a plan, or was not by a run.</summary>
/// <param name="What">What.</param>
/// <param name="Why">One clause.</param>
public sealed record NotCovered(string What, string Why);
