using System.Collections.Immutable;
using Ringfence.Cli.Output;
using Ringfence.Engine;

namespace Ringfence.Cli.Answers;

/// <summary>What a cell of a matrix says.</summary>
internal enum CellKind
{
    /// <summary>The two are not asked about: both are outside, or one pod itself.</summary>
    Blank,

    /// <summary>Nothing is open.</summary>
    None,

    /// <summary>Some connections are open.</summary>
    Some,

    /// <summary>Every connection is open.</summary>
    All,

    /// <summary>The input does not decide it.</summary>
    Unknown,

    /// <summary>Packets saw something else than was expected.</summary>
    Differs,
}

/// <summary>A cell of a matrix.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Text">In few letters.</param>
internal readonly record struct GridCell(CellKind Kind, string Text);

/// <summary>A row or column of a matrix.</summary>
/// <param name="Name">The full name.</param>
/// <param name="Group">What its neighbours share, the namespace; empty for none.</param>
/// <param name="Short">The name within the group.</param>
/// <param name="IsOutside">Whether it stands for addresses outside the cluster.</param>
internal sealed record GridEntry(string Name, string Group, string Short, bool IsOutside);

/// <summary>A matrix for people: rows are sources, columns are destinations.</summary>
internal abstract class Grid
{
    private readonly Dictionary<Reach, string> _texts = [];

    /// <summary>The sources.</summary>
    public required ImmutableArray<GridEntry> Rows { get; init; }

    /// <summary>The destinations.</summary>
    public required ImmutableArray<GridEntry> Columns { get; init; }

    /// <summary>A cell.</summary>
    public abstract GridCell this[int row, int column] { get; }

    /// <summary>The text of a reach; few differ, many cells share one.</summary>
    protected string TextOf(Reach reach)
    {
        if (!_texts.TryGetValue(reach, out var text)) _texts[reach] = text = ConnectionText.Compact(reach);
        return text;
    }

    /// <summary>The kind of a cell with one reach.</summary>
    protected static CellKind KindOf(Reach reach) =>
        !reach.IsCertain ? CellKind.Unknown : reach.Certain.IsEmpty ? CellKind.None : reach.Certain.IsAll ? CellKind.All : CellKind.Some;
}

/// <summary>A matrix with a row and a column for every workload.</summary>
internal sealed class WorkloadGrid : Grid
{
    private readonly ClusterView _view;
    private readonly Axis _rows;
    private readonly Axis _columns;

    private WorkloadGrid(ClusterView view, Axis rows, Axis columns) => (_view, _rows, _columns) = (view, rows, columns);

    /// <summary>Makes the matrix of some sources and destinations.</summary>
    public static WorkloadGrid Create(ClusterView view, Axis rows, Axis columns) =>
        new(view, rows, columns) { Rows = [.. rows.Names], Columns = [.. columns.Names] };

    /// <inheritdoc/>
    public override GridCell this[int row, int column]
    {
        get
        {
            var (source, destination) = (_rows.Entries[row], _columns.Entries[column]);
            if (source.Range is not null && destination.Range is not null) return new GridCell(CellKind.Blank, "");
            if (ReferenceEquals(source, destination) && !source.HasReplicas) return new GridCell(CellKind.Blank, "·");
            var reach = _view.Between(source, destination);
            return new GridCell(KindOf(reach), TextOf(reach));
        }
    }
}
