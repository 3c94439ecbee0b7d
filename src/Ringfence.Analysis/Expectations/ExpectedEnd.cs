using Ringfence.Analysis.Endpoints;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Expectations;

/// <summary>Whom an expectation names, not yet looked up.</summary>
/// <param name="Text">As answers call it, in the form of the file.</param>
/// <param name="Location">Where it stands.</param>
public abstract record ExpectedEnd(string Text, Location Location);

/// <summary>A workload, pod, Service, address or range, or what is outside the cluster, as on the command line.</summary>
/// <param name="Endpoint">The name, taken apart; without a port.</param>
/// <param name="Text">As answers call it.</param>
/// <param name="Location">Where it stands.</param>
public sealed record NamedEnd(EndpointText Endpoint, string Text, Location Location) : ExpectedEnd(Text, Location);

/// <summary>Addresses outside the cluster.</summary>
/// <param name="Range">The addresses.</param>
/// <param name="Text">As answers call it.</param>
/// <param name="Location">Where it stands.</param>
public sealed record RangeEnd(AddressRange Range, string Text, Location Location) : ExpectedEnd(Text, Location);

/// <summary>Pods by their labels, and by their namespaces' names or labels.</summary>
/// <param name="Pods">The labels of the pods.</param>
/// <param name="Namespace">The namespace's name; null where <paramref name="Namespaces"/> says which.</param>
/// <param name="Namespaces">The labels of the namespaces; null where <paramref name="Namespace"/> says which.</param>
/// <param name="Text">As answers call it.</param>
/// <param name="Location">Where it stands.</param>
public sealed record SelectedEnd(LabelSelector Pods, string? Namespace, LabelSelector? Namespaces, string Text, Location Location) : ExpectedEnd(Text, Location);

/// <summary>Every workload and every address outside the cluster.</summary>
/// <param name="Else">Whether those are left out that other entries of the case name for the same other end.</param>
/// <param name="Text">As answers call it.</param>
/// <param name="Location">Where it stands.</param>
public sealed record EveryoneEnd(bool Else, string Text, Location Location) : ExpectedEnd(Text, Location)
{
    /// <summary>The word for all.</summary>
    public const string Everyone = "everyone";

    /// <summary>The word for all that are not named.</summary>
    public const string EveryoneElse = "everyone-else";
}
