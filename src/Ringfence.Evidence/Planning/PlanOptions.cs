using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Evidence.Planning;

/// <summary>What probes may be planned.</summary>
public sealed record PlanOptions
{
    /// <summary>The most probes; at least 1. What is beyond is thinned, and the plan says how.</summary>
    public int MaxProbes { get; init; } = 20_000;

    /// <summary>The addresses outside the cluster that can be probed to and from.</summary>
    public ImmutableArray<Address> OutsideAddresses { get; init; } = [];
}
