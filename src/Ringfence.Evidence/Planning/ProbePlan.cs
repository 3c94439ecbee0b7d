using System.Collections.Immutable;
using Ringfence.Engine;

namespace Ringfence.Evidence.Planning;

/// <summary>What is to be probed, and what the engine expects.</summary>
/// <param name="Probes">The probes, by source, destination, protocol and port.</param>
/// <param name="Thinned">What was left out so that the number stays bounded, a sentence each; empty where nothing was.</param>
/// <param name="NotCovered">What no probe can show.</param>
public sealed record ProbePlan(ImmutableArray<PlannedProbe> Probes, ImmutableArray<string> Thinned, ImmutableArray<NotCovered> NotCovered)
{
    /// <summary>The TCP port that stands for those that nobody names.</summary>
    public int UnnamedTcp { get; init; }

    /// <summary>The UDP port that stands for those that nobody names.</summary>
    public int UnnamedUdp { get; init; }

    /// <summary>Plans probes between all pods with an address, and between them and addresses outside.</summary>
    /// <param name="reachability">
    /// The cluster, from which the expectations come. A family is probed between two pods where both have an address of it.
    /// </param>
    /// <param name="options">What may be planned.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not even one probe is wanted.</exception>
    public static ProbePlan Create(Reachability reachability, PlanOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxProbes, 1, nameof(options));
        return new Planner(reachability, options).Plan();
    }
}
