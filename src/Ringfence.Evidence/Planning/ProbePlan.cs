using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Evidence.Probes;

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

    /// <summary>The same probes, with what another reading of the cluster says about them; those that it does not decide are left out.</summary>
    /// <param name="reachability">A cluster with the same pods.</param>
    public ProbePlan JudgedBy(Reachability reachability) => this with
    {
        Probes =
        [
            .. Probes.Select(planned => planned with { Expected = Expect(reachability, planned.Probe) })
                .Where(planned => planned.Expected.Outcome != Outcome.Unknown),
        ],
    };

    // A packet is of one family, whatever addresses its ends have beside.
    private static Expectation Expect(Reachability reachability, Probe probe) =>
        Expectation.Of(reachability.Of(probe.Destination.Address.Family).Judge(PartyOf(reachability, probe.Source), PartyOf(reachability, probe.Destination), probe.Protocol, probe.Port));

    private static Party PartyOf(Reachability reachability, ProbeEnd end) =>
        end.IsPod ? Party.OfPod(reachability.Snapshot.FindPod(end.Address)) : Party.OfAddress(end.Address);
}
