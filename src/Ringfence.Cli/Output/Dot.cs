using System.Text;

namespace Ringfence.Cli.Output;

/// <summary>Writes pictures for Graphviz.</summary>
internal static class Dot
{
    /// <summary>Writes a picture.</summary>
    public static void Write(TextWriter output, ConnectionGraph graph)
    {
        output.Write("digraph connections {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n");
        var clusters = 0;
        foreach (var group in graph.Groups())
        {
            var inside = group.Key.Length > 0;
            if (inside) output.Write($"  subgraph cluster_{clusters++} {{\n    label={Quote(group.Key)};\n");
            foreach (var node in group)
                output.Write($"{(inside ? "    " : "  ")}{node.Id} [label={Quote(node.Label)}{Shape(node.Kind)}];\n");
            if (inside) output.Write("  }\n");
        }

        foreach (var edge in graph.Edges)
            output.Write($"  {edge.From.Id} -> {edge.To.Id} [label={Quote(edge.Label)}{(edge.IsDoubtful ? ", style=dashed" : "")}{(edge.Colour is { } colour ? $", color={colour}, fontcolor={colour}" : "")}];\n");
        output.Write("}\n");
    }

    private static string Shape(NodeKind kind) => kind switch
    {
        NodeKind.Outside => ", shape=ellipse, style=dashed",
        NodeKind.Hypothetical => ", shape=hexagon, style=dotted",
        _ => "",
    };

    /// <summary>A quoted string in which nothing is an escape.</summary>
    internal static string Quote(string text)
    {
        var result = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in PlainText.Clean(text))
            _ = c is '"' or '\\' ? result.Append('\\').Append(c) : result.Append(c);
        return result.Append('"').ToString();
    }
}
