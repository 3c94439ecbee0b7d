using Ringfence.Cli.Answers;

namespace Ringfence.Cli.Output;

/// <summary>What a node of a picture stands for.</summary>
internal enum NodeKind
{
    /// <summary>A workload, or a group of them.</summary>
    Workload,

    /// <summary>What is outside the cluster.</summary>
    Outside,

    /// <summary>Pods that need not be there yet.</summary>
    Hypothetical,
}

/// <summary>A node of a picture.</summary>
/// <param name="Id">A name that any syntax takes: <c>n0</c>.</param>
/// <param name="Label">What is read.</param>
/// <param name="Group">The namespace; empty for none.</param>
/// <param name="Kind">What it stands for.</param>
internal sealed record GraphNode(string Id, string Label, string Group, NodeKind Kind);

/// <summary>An edge of a picture.</summary>
/// <param name="From">Where it starts.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Label">What is open.</param>
/// <param name="IsDoubtful">Whether the input does not decide it all.</param>
/// <param name="Colour">Its colour; null for the usual one.</param>
internal sealed record GraphEdge(GraphNode From, GraphNode To, string Label, bool IsDoubtful, string? Colour = null);

/// <summary>Open connections as a picture: workloads by namespace, and what is open between them.</summary>
internal sealed class ConnectionGraph
{
    private readonly Dictionary<string, GraphNode> _nodes = [];
    private readonly List<GraphEdge> _edges = [];

    /// <summary>The nodes, in the order in which they came.</summary>
    public IReadOnlyCollection<GraphNode> Nodes => _nodes.Values;

    /// <summary>The edges.</summary>
    public IReadOnlyList<GraphEdge> Edges => _edges;

    /// <summary>The picture of a matrix: every row and column, and every cell in which something is open, a workload's own left out.</summary>
    public static ConnectionGraph Of(Grid grid)
    {
        var graph = new ConnectionGraph();
        foreach (var row in grid.Rows) graph.Node(row, "from ");
        foreach (var column in grid.Columns) graph.Node(column, "to ");
        for (var i = 0; i < grid.Rows.Length; i++)
            for (var j = 0; j < grid.Columns.Length; j++)
            {
                var (row, column) = (grid.Rows[i], grid.Columns[j]);
                if (grid is WorkloadGrid && row.Name == column.Name) continue;
                if (grid[i, j] is { Kind: CellKind.All or CellKind.Some or CellKind.Unknown } cell)
                    graph.Add(graph.Node(row, "from "), graph.Node(column, "to "), cell.Text, cell.Kind == CellKind.Unknown);
            }

        return graph;
    }

    /// <summary>The node with a name; a new one where there is none.</summary>
    public GraphNode Node(string name, string group, string label, NodeKind kind)
    {
        if (!_nodes.TryGetValue(name, out var node)) _nodes[name] = node = new GraphNode($"n{_nodes.Count}", label, group, kind);
        return node;
    }

    // What is left of the outside as a source is not what is left of it as a destination.
    private GraphNode Node(GridEntry entry, string side) =>
        Node(entry.IsOutside && entry.Name != Axis.Everything ? side + entry.Name : entry.Name, entry.Group, entry.Short, entry.IsOutside ? NodeKind.Outside : NodeKind.Workload);

    /// <summary>Adds an edge.</summary>
    public void Add(GraphNode from, GraphNode to, string label, bool isDoubtful, string? colour = null) =>
        _edges.Add(new GraphEdge(from, to, label, isDoubtful, colour));

    /// <summary>The nodes by namespace; those without one come last.</summary>
    public IEnumerable<IGrouping<string, GraphNode>> Groups() =>
        Nodes.GroupBy(node => node.Group).OrderBy(group => group.Key.Length == 0);
}
