namespace Ringfence.Engine;

/// <summary>A workload, or a range of outside addresses, as two states of a cluster have it.</summary>
/// <param name="Name">
/// <c>ns/name</c>, unique in a comparison: the workload's; the pod's where either state tells the pods of the workload apart;
/// <c>ns/kind/name</c> where two share a name. An address range in its text form.
/// </param>
/// <param name="Old">What it is in the old state; null where it is not there.</param>
/// <param name="New">What it is in the new state; null where it is not there. Never null together with <paramref name="Old"/>.</param>
public sealed record Counterpart(string Name, ViewEntry? Old, ViewEntry? New)
{
    /// <summary>What it is now, or was.</summary>
    public ViewEntry Entry => New ?? Old!;

    /// <summary>Whether both states have it.</summary>
    public bool IsInBoth => Old is not null && New is not null;

    /// <summary>A range, which every state has.</summary>
    internal static Counterpart Of(AddressRange range)
    {
        var entry = ViewEntry.Of(range);
        return new Counterpart(entry.Name, entry, entry);
    }
}

/// <summary>What one party can open to another, in two states of which at least one has both.</summary>
/// <param name="Source">Where it starts.</param>
/// <param name="Destination">Where it ends.</param>
/// <param name="Before">What was open; nothing where the old state lacks an end.</param>
/// <param name="After">What is open; nothing where the new state lacks an end.</param>
public readonly record struct ComparedReach(Counterpart Source, Counterpart Destination, Reach Before, Reach After);
