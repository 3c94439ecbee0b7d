using Ringfence.Analysis.Endpoints;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>A flow that somebody wants open, as written or observed, not yet looked up.</summary>
/// <param name="Source">Where it starts.</param>
/// <param name="Destination">Where it ends.</param>
/// <param name="Ports">Its ports; null where none were written: those that the destination declares.</param>
/// <param name="Asked">In what words it was asked for; empty where nobody wrote any.</param>
/// <param name="Place">Where; without a file where it was not in one.</param>
public sealed record WantedFlow(EndpointText Source, EndpointText Destination, PortList? Ports, string Asked, Location Place)
{
    /// <summary>The place, or the words: how messages and comments call it.</summary>
    public string Origin => Place.File is null ? Asked : Place.ToString();
}

/// <summary>Wanted flows, and what should be known of how they were read.</summary>
/// <param name="Items">The flows.</param>
/// <param name="Notes">Sentences.</param>
public sealed record WantedFlows(IReadOnlyList<WantedFlow> Items, IReadOnlyList<string> Notes)
{
    /// <summary>Puts several together.</summary>
    public static WantedFlows Join(IReadOnlyCollection<WantedFlows> parts) =>
        new([.. parts.SelectMany(part => part.Items)], [.. parts.SelectMany(part => part.Notes)]);
}
