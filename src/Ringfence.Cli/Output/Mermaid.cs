using System.Text;

namespace Ringfence.Cli.Output;

/// <summary>Writes pictures for Mermaid, as GitHub draws them from a fenced block.</summary>
internal static class Mermaid
{
    private const string Harmless = " -_./,:=?(){}·…";

    /// <summary>Writes a picture.</summary>
    public static void Write(TextWriter output, ConnectionGraph graph)
    {
        output.Write("flowchart LR\n");
        var groups = 0;
        foreach (var group in graph.Groups())
        {
            var inside = group.Key.Length > 0;
            if (inside) output.Write($"  subgraph g{groups++}[{Quote(group.Key)}]\n");
            foreach (var node in group)
                output.Write($"{(inside ? "    " : "  ")}{node.Id}{Shape(node)}\n");
            if (inside) output.Write("  end\n");
        }

        foreach (var edge in graph.Edges)
            output.Write($"  {edge.From.Id} {(edge.IsDoubtful ? "-.->" : "-->")}|{Quote(edge.Label)}| {edge.To.Id}\n");
    }

    private static string Shape(GraphNode node) => node.Kind switch
    {
        NodeKind.Outside => $"([{Quote(node.Label)}])",
        NodeKind.Hypothetical => $"{{{{{Quote(node.Label)}}}}}",
        _ => $"[{Quote(node.Label)}]",
    };

    /// <summary>A quoted label; what is not a letter, a digit or harmless becomes an entity.</summary>
    internal static string Quote(string text)
    {
        var result = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in PlainText.Clean(text).EnumerateRunes())
            _ = Rune.IsLetterOrDigit(rune) || (rune.IsBmp && Harmless.Contains((char)rune.Value))
                ? result.Append(rune)
                : result.Append('#').Append(rune.Value).Append(';');
        return result.Append('"').ToString();
    }
}
