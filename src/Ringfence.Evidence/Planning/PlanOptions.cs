using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Evidence.Planning;

/// <summary>What probes may be planned.</summary>
public sealed record PlanOptions
{
    /// <summary>The most probes; at least 1. What is beyond is thinned, and the plan says how.</summary>
    public int MaxProbes { get; init; } = 20_000;

    /// <summary>The addresses outside the cluster that can be probed to and from.</summary>
    public ImmutableArray<Address> OutsideAddresses { get; init; } = [];

    /// <summary>Connections to be probed in any case, beside those that the plan chooses.</summary>
    public ImmutableArray<WantedProbe> Wanted { get; init; } = [];
}

/// <summary>A connection to be probed in any case.</summary>
/// <param name="Source">Where it starts.</param>
/// <param name="Destination">Where it ends; one of the two is a pod.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="Port">The port there, 1–65535.</param>
public readonly record struct WantedProbe(Party Source, Party Destination, Protocol Protocol, int Port);
