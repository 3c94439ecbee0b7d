using Ringfence.Evidence.Report;

namespace Ringfence.Cli.Answers;

/// <summary>A matrix of what packets saw; an exclamation mark is before what differs from the engine's answer.</summary>
internal sealed class ObservedGrid : Grid
{
    private readonly ObservedMatrix _matrix;

    private ObservedGrid(ObservedMatrix matrix) => _matrix = matrix;

    /// <summary>Makes the matrix.</summary>
    public static ObservedGrid Create(ObservedMatrix matrix) => new(matrix)
    {
        Rows = [.. matrix.Sources.Select(Entry)],
        Columns = [.. matrix.Destinations.Select(Entry)],
    };

    /// <inheritdoc/>
    public override GridCell this[int row, int column]
    {
        get
        {
            var cell = _matrix[_matrix.Sources[row], _matrix.Destinations[column]];
            if (cell.Differ > 0) return new GridCell(CellKind.Differs, $"!{cell.Text}");
            return new GridCell(cell.Kind switch
            {
                ObservedKind.None => CellKind.None,
                ObservedKind.Some => CellKind.Some,
                ObservedKind.All => CellKind.All,
                ObservedKind.NotCovered => CellKind.Unknown,
                _ => CellKind.Blank,
            }, cell.Text);
        }
    }

    private static GridEntry Entry(ObservedEntry entry) => new(entry.Name, entry.Namespace, entry.Short, entry.IsOutside);
}
