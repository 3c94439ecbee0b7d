using System.Collections.Immutable;
using Ringfence.Engine;

namespace Ringfence.Analysis.Expectations;

/// <summary>One end of flows to be judged: pods of one workload that policies cannot tell apart, or a range of addresses.</summary>
/// <param name="Name">How answers call it.</param>
/// <param name="Party">A pod or address that stands for it.</param>
/// <param name="Pods">The numbers of the pods; empty for addresses.</param>
/// <param name="Range">The addresses; null for pods.</param>
internal sealed record JudgedEnd(string Name, Party Party, ImmutableArray<int> Pods, AddressRange? Range)
{
    /// <summary>Policies cannot tell ends of one kind apart. Negative for addresses.</summary>
    public required int Kind { get; init; }

    /// <summary>Whether it stands for a workload of which several pods can exist at a time.</summary>
    public bool HasReplicas { get; init; }

    /// <summary>Whether it was named by itself, not found by labels or as one of everyone: what no policy can stop counts there.</summary>
    public bool IsNamed { get; init; }

    /// <summary>Whether it is, or may be, a node or on a node's network.</summary>
    public bool MayBeNode { get; init; }

    /// <summary>Every pod, or the address that stands for all.</summary>
    public IEnumerable<Party> Parties => Pods.IsEmpty ? [Party] : Pods.Select(Party.OfPod);

    /// <summary>Whether a flow to another end could only be one of a pod to itself.</summary>
    public bool IsItself(JudgedEnd other) => Pods is [var pod] && other.Pods is [var same] && pod == same && !(HasReplicas && other.HasReplicas);
}

/// <summary>Ends of one kind: policies treat them alike.</summary>
/// <param name="Ends">They, at least one.</param>
internal sealed record EndGroup(ImmutableArray<JudgedEnd> Ends)
{
    /// <summary>One that stands for all.</summary>
    public JudgedEnd First => Ends[0];

    /// <summary>Groups ends by kind, in the order of the first of each. What was named by itself stays by itself.</summary>
    public static ImmutableArray<EndGroup> Of(IEnumerable<JudgedEnd> ends) =>
        [.. ends.GroupBy(end => (end.Kind, end.IsNamed ? end.Name : null)).Select(group => new EndGroup([.. group]))];
}

/// <summary>Destinations with the connections that are asked about.</summary>
internal sealed record Target(ImmutableArray<JudgedEnd> Ends, ConnectionSet Connections);
