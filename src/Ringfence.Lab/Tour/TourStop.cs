using System.Collections.Immutable;

namespace Ringfence.Lab.Tour;

/// <summary>What a cell of a tour's table means.</summary>
public enum TourTone
{
    /// <summary>A name, or nothing to say.</summary>
    Plain,

    /// <summary>Packets came through.</summary>
    Open,

    /// <summary>None did.</summary>
    Closed,

    /// <summary>Packets and engine differ.</summary>
    Wrong,
}

/// <summary>A cell of a tour's table.</summary>
public readonly record struct TourCell(string Text, TourTone Tone);

/// <summary>What real packets saw.</summary>
/// <param name="Headers">The heads of the columns.</param>
/// <param name="Rows">The rows, as wide as the heads.</param>
public sealed record TourTable(ImmutableArray<string> Headers, ImmutableArray<ImmutableArray<TourCell>> Rows);

/// <summary>A stop of a tour.</summary>
/// <param name="Title">What was done.</param>
/// <param name="Folder">The example that was applied; null where none was.</param>
/// <param name="Table">What packets saw; null where there is no table.</param>
/// <param name="Lines">What changed and why, a line each.</param>
/// <param name="Differences">Where packets saw something else than the engine says, a line each.</param>
public sealed record TourStop(string Title, string? Folder, TourTable? Table, ImmutableArray<string> Lines, ImmutableArray<string> Differences)
{
    /// <summary>How many connections were tried.</summary>
    public int Probes { get; init; }
}
