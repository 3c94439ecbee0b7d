using System.Collections.Immutable;
using Ringfence.Cli.Output;
using Ringfence.Engine;

namespace Ringfence.Cli.Answers;

/// <summary>How a matrix is folded: workloads with the same key become one row and column.</summary>
/// <param name="Name">As the user wrote it: <c>namespace</c>, <c>label=KEY</c>.</param>
/// <param name="Key">The key of a workload.</param>
internal sealed record Fold(string Name, Func<ViewEntry, string> Key)
{
    /// <summary>By namespace.</summary>
    public static readonly Fold Namespace = new("namespace", entry => entry.Namespace);

    /// <summary>By the value of a label.</summary>
    public static Fold Label(string key) =>
        new($"label={key}", entry => entry.Labels.TryGet(key, out var value) ? $"{key}={value}" : $"(no {key})");
}

/// <summary>What the connections between two groups of workloads come to.</summary>
internal sealed class FoldedReach
{
    private ConnectionSet? _only;
    private bool _differ;

    /// <summary>How many ordered pairs there are, a single pod with itself not counted.</summary>
    public long Pairs { get; private set; }

    /// <summary>Between how many of them something is open.</summary>
    public long Open { get; private set; }

    /// <summary>Between how many the input does not decide it all.</summary>
    public long Unknown { get; private set; }

    /// <summary>What is open between all of them.</summary>
    public ConnectionSet ToAll { get; private set; } = ConnectionSet.All;

    /// <summary>What is open between some of them.</summary>
    public ConnectionSet ToSome { get; private set; } = ConnectionSet.None;

    /// <summary>Whether the same is open between all of them.</summary>
    public bool IsUniform => !_differ;

    /// <summary>Takes one pair in.</summary>
    public void Add(Reach reach)
    {
        Pairs++;
        if (!reach.IsCertain) Unknown++;
        if (!reach.Certain.IsEmpty) Open++;
        if (ReferenceEquals(_only, reach.Certain)) return;
        _differ |= _only is not null && !_only.Equals(reach.Certain);
        _only = reach.Certain;
        ToAll = ToAll.Intersect(reach.Certain);
        ToSome = ToSome.Union(reach.Certain);
    }
}

/// <summary>A matrix in which groups of workloads are one row and column; addresses outside stay as they are.</summary>
internal sealed class FoldedGrid : Grid
{
    private readonly FoldedReach[,] _cells;

    private FoldedGrid(FoldedReach[,] cells) => _cells = cells;

    /// <summary>The connections of a cell.</summary>
    public FoldedReach Reach(int row, int column) => _cells[row, column];

    /// <inheritdoc/>
    public override GridCell this[int row, int column]
    {
        get
        {
            if (Rows[row].IsOutside && Columns[column].IsOutside) return new GridCell(CellKind.Blank, "");
            var cell = _cells[row, column];
            if (cell.Pairs == 0) return new GridCell(CellKind.Blank, "·");
            var doubt = cell.Unknown > 0 ? ",?" : "";
            if (cell.Open == 0) return cell.Unknown > 0 ? new GridCell(CellKind.Unknown, "?") : new GridCell(CellKind.None, "-");
            var ports = TextOf(new Reach(cell.ToSome, cell.ToSome)) + doubt;
            // That some pairs have everything open says no more about the others.
            var text = cell.IsUniform ? ports : $"some {cell.Open}/{cell.Pairs}{(cell.ToSome.IsAll ? doubt : " " + ports)}";
            return new GridCell(cell.Unknown > 0 ? CellKind.Unknown : cell.ToAll.IsAll ? CellKind.All : CellKind.Some, text);
        }
    }

    /// <summary>Folds the matrix of some sources and destinations.</summary>
    public static FoldedGrid Create(ClusterView view, Axis rows, Axis columns, Fold fold, Action<int> progress)
    {
        var (rowNames, rowOf) = Names(rows, fold);
        var (columnNames, columnOf) = Names(columns, fold);
        var cells = new FoldedReach[rowNames.Length, columnNames.Length];
        for (var i = 0; i < rowNames.Length; i++)
            for (var j = 0; j < columnNames.Length; j++)
                cells[i, j] = new FoldedReach();

        for (var i = 0; i < rowOf.Length; i++)
        {
            progress(i);
            var source = rows.Entries[i];
            for (var j = 0; j < columnOf.Length; j++)
            {
                var destination = columns.Entries[j];
                if (source.Range is not null && destination.Range is not null) continue;
                if (ReferenceEquals(source, destination) && !source.HasReplicas) continue;
                cells[rowOf[i], columnOf[j]].Add(view.Between(source, destination));
            }
        }

        return new FoldedGrid(cells) { Rows = rowNames, Columns = columnNames };
    }

    private static (ImmutableArray<GridEntry> Names, int[] Of) Names(Axis axis, Fold fold)
    {
        var keys = axis.Entries.Where(entry => entry.Range is null).Select(fold.Key).Distinct().Order(StringComparer.Ordinal);
        ImmutableArray<GridEntry> names =
            [.. keys.Select(key => new GridEntry(key, "", key, IsOutside: false)), .. axis.Names.Where(name => name.IsOutside).Distinct()];
        var place = names.Select((name, i) => (name, i)).ToDictionary(pair => (pair.name.Name, pair.name.IsOutside), pair => pair.i);
        return (names, [.. axis.Entries.Select((entry, i) => entry.Range is null ? place[(fold.Key(entry), false)] : place[(axis.Names[i].Name, true)])]);
    }
}
