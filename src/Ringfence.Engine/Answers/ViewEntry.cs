using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>A range of addresses of one family.</summary>
/// <param name="First">The first address.</param>
/// <param name="Last">The last address, inclusive.</param>
public readonly record struct AddressRange(Address First, Address Last)
{
    /// <summary>A CIDR where the range is exactly one, else <c>first-last</c>.</summary>
    public override string ToString() => AsPrefix() is { } prefix ? prefix.ToString() : $"{First}-{Last}";

    /// <summary>The CIDR that is exactly this range; null where there is none.</summary>
    public Prefix? AsPrefix()
    {
        for (var length = 0; length <= Address.Bits(First.Family); length++)
        {
            var prefix = new Prefix(First, length);
            if (prefix.First == First && prefix.Last == Last) return prefix;
        }

        return null;
    }
}

/// <summary>A row or column as people see it: a workload (or the pods of it that policies cannot tell apart), or a range of outside addresses.</summary>
/// <param name="Name">
/// <c>ns/name</c>, unique in a view: the workload's name; <c>ns/kind/name</c> where two kinds share a name; the pod's name where
/// policies tell the pods of a workload apart. An address range in its text form.
/// </param>
/// <param name="Namespace">The namespace; empty for a range.</param>
/// <param name="Kind">The workload's kind; <c>External</c> for a range.</param>
/// <param name="Pods">Numbers of the pods, at least one; empty for a range.</param>
/// <param name="Range">The range; null for a workload.</param>
public sealed record ViewEntry(string Name, string Namespace, string Kind, ImmutableArray<int> Pods, AddressRange? Range)
{
    /// <summary>The workload; null for a range.</summary>
    public WorkloadId? Workload { get; init; }

    /// <summary>The labels that all its pods have; empty for a range.</summary>
    public LabelSet Labels { get; init; } = LabelSet.Empty;

    /// <summary>Whether its pods share their nodes' network, so that no policy selects them.</summary>
    public bool HostNetwork { get; init; }

    /// <summary>Whether several such pods can exist at a time.</summary>
    public bool HasReplicas { get; init; }

    /// <summary>A pod or address that stands for the entry: policies cannot tell its members apart.</summary>
    public Party Representative => Range is { } range ? Party.OfAddress(range.First) : Party.OfPod(Pods[0]);

    /// <summary>The entry of a range.</summary>
    internal static ViewEntry Of(AddressRange range) => new(range.ToString(), "", "External", [], range);
}
