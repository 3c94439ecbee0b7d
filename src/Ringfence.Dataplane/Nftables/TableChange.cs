using System.Collections.Immutable;
using System.Globalization;
using Ringfence.Model;

namespace Ringfence.Dataplane.Nftables;

/// <summary>What a commit changed in the kernel.</summary>
public sealed record TableChange
{
    /// <summary>Nothing had to change.</summary>
    public static readonly TableChange None = new();

    /// <summary>Elements of sets and maps added; an entry that changed its chain counts as removed and added.</summary>
    public int ElementsAdded { get; init; }

    /// <summary>Elements removed, those of removed sets not counted.</summary>
    public int ElementsRemoved { get; init; }

    /// <summary>Sets and maps added.</summary>
    public int SetsAdded { get; init; }

    /// <summary>Sets and maps removed.</summary>
    public int SetsRemoved { get; init; }

    /// <summary>Chains added.</summary>
    public int ChainsAdded { get; init; }

    /// <summary>Chains whose rules were replaced.</summary>
    public int ChainsRewritten { get; init; }

    /// <summary>Chains removed.</summary>
    public int ChainsRemoved { get; init; }

    /// <summary>Counters added.</summary>
    public int CountersAdded { get; init; }

    /// <summary>Counters removed.</summary>
    public int CountersRemoved { get; init; }

    /// <summary>Whether the whole table was replaced, because somebody had changed its nature.</summary>
    public bool Rebuilt { get; init; }

    /// <summary>
    /// The addresses of which packets may be judged otherwise than before; null where any may. Of a pod and one of its peers, one of the two at least is among
    /// them where what is between them changed.
    /// </summary>
    public IReadOnlySet<Address>? Touched { get; init; } = ImmutableHashSet<Address>.Empty;

    /// <summary>What others had changed since the last commit, and is mended now; empty where nothing, or where there was no reason to look.</summary>
    public TableDrift Drift { get; init; } = TableDrift.None;

    /// <summary>Size of the transaction.</summary>
    public int Bytes { get; init; }

    /// <summary>How long the kernel took for the transaction.</summary>
    public TimeSpan Time { get; init; }

    /// <summary>Whether the kernel's table had to change.</summary>
    public bool IsEmpty => ElementsAdded + ElementsRemoved + SetsAdded + SetsRemoved + ChainsAdded + ChainsRewritten + ChainsRemoved + CountersAdded + CountersRemoved == 0 && !Rebuilt;

    /// <summary><c>2 elements added, 1 chain rewritten</c>; <c>nothing</c>.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Rebuilt) parts.Add("table made anew");
        Add(CountersAdded, "counter", "added");
        Add(CountersRemoved, "counter", "removed");
        Add(SetsAdded, "set", "added");
        Add(SetsRemoved, "set", "removed");
        Add(ElementsAdded, "element", "added");
        Add(ElementsRemoved, "element", "removed");
        Add(ChainsAdded, "chain", "added");
        Add(ChainsRewritten, "chain", "rewritten");
        Add(ChainsRemoved, "chain", "removed");
        return parts.Count == 0 ? "nothing" : string.Join(", ", parts);

        void Add(int count, string what, string done)
        {
            if (count > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")} {done}"));
        }
    }
}

/// <summary>What a named counter stands at.</summary>
/// <param name="Packets">Packets.</param>
/// <param name="Bytes">Their bytes.</param>
public readonly record struct CounterValue(long Packets, long Bytes);

/// <summary>Somebody else changed the table.</summary>
/// <param name="ProcessId">The process, as the kernel's first process namespace numbers it; 0 where changes came too fast to be told apart.</param>
/// <param name="Process">Its name; empty where it is not known.</param>
public sealed record ForeignChange(int ProcessId, string Process)
{
    /// <summary>The netlink port by which it came; 0 where it is not known. The first socket of a process has the number that the process has for itself.</summary>
    /// <remarks>netlink(7), nl_pid.</remarks>
    public uint Port { get; init; }

    /// <summary><c>nft (process 4711)</c>.</summary>
    public override string ToString() => ProcessId == 0 ? "an unknown process" : $"{Process} (process {ProcessId})";
}

/// <summary>How the kernel's table differs from what was programmed.</summary>
/// <param name="Differences">One sentence each; empty where there is none.</param>
/// <param name="By">Who changed the table last, where that was noticed; null elsewhere.</param>
public sealed record TableDrift(ImmutableArray<string> Differences, ForeignChange? By)
{
    /// <summary>No difference.</summary>
    public static readonly TableDrift None = new([], null);

    /// <summary>Whether the kernel has what was programmed.</summary>
    public bool IsEmpty => Differences.IsEmpty;
}
