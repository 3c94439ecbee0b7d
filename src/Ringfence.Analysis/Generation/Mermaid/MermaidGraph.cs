using Ringfence.Model;

namespace Ringfence.Analysis.Generation.Mermaid;

/// <summary>A node of a flowchart.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What is read in it; null where it shows its id.</param>
/// <param name="Groups">The titles of the subgraphs that hold it, the innermost first.</param>
internal sealed record MermaidNode(string Id, string? Text, IReadOnlyList<string> Groups);

/// <summary>An arrow of a flowchart.</summary>
/// <param name="From">The id of the node where it starts.</param>
/// <param name="To">The id of the node where it ends.</param>
/// <param name="Label">What stands at it; null where nothing does.</param>
/// <param name="Line">The line it is in, from 1.</param>
internal sealed record MermaidArrow(string From, string To, string? Label, int Line);

/// <summary>A flowchart as far as it says who points to whom. Styles, classes and directions are left out.</summary>
/// <remarks>https://mermaid.js.org/syntax/flowchart.html</remarks>
internal sealed class MermaidGraph
{
    private static readonly string[] Silent = ["direction", "classDef", "class", "style", "linkStyle", "click", "accTitle", "accDescr", "title"];

    private readonly Dictionary<string, MermaidNode> _nodes = new(StringComparer.Ordinal);
    private readonly List<MermaidArrow> _arrows = [];
    private readonly Stack<string> _groups = new();

    /// <summary>The nodes, in the order in which they came.</summary>
    public IReadOnlyCollection<MermaidNode> Nodes => _nodes.Values;

    /// <summary>The arrows.</summary>
    public IReadOnlyList<MermaidArrow> Arrows => _arrows;

    /// <summary>A node by its id.</summary>
    public MermaidNode this[string id] => _nodes[id];

    /// <summary>Reads a flowchart; a fenced block of a page too.</summary>
    /// <exception cref="InputException">It is none, or lines cannot be read.</exception>
    public static MermaidGraph Read(TextReader reader, string file)
    {
        var (graph, problems) = (new MermaidGraph(), new ProblemList());
        var (hasHeader, isFrontMatter) = (false, false);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var text = line.Trim().TrimStart('\uFEFF');
            if (!hasHeader && text == "---") isFrontMatter = !isFrontMatter;
            if (isFrontMatter || text.Length == 0 || text is "---" || text.StartsWith("%%", StringComparison.Ordinal) || text.StartsWith("```", StringComparison.Ordinal)) continue;
            var place = new Location(file, number, 0);
            if (!hasHeader)
            {
                var word = text.Split((char[])[' ', '\t', ';'], 2)[0];
                if (word is not ("graph" or "flowchart"))
                    throw new InputException($"{place}: this is no flowchart: it does not begin with 'graph' or 'flowchart'", "For example: flowchart LR, and on the next line a --> b");
                hasHeader = true;
                var rest = text.IndexOf(';');
                if (rest < 0) continue;
                text = text[(rest + 1)..].Trim();
            }

            problems.Try(place, () => graph.ReadLine(text, number));
        }

        problems.Throw();
        return hasHeader ? graph : throw new InputException($"{file} has no flowchart: it is empty");
    }

    private void ReadLine(string text, int line)
    {
        var word = text.Split((char[])[' ', '\t', ';'], 2)[0];
        if (word == "subgraph") _groups.Push(MermaidLine.Title(text["subgraph".Length..].Trim()));
        else if (text.TrimEnd(';') == "end") _groups.TryPop(out _);
        else if (!Silent.Contains(word)) ReadStatements(new MermaidLine(text), line);
    }

    private void ReadStatements(MermaidLine text, int line)
    {
        while (!text.IsAtEnd)
        {
            var sources = ReadNodes(text);
            while (text.ReadArrow() is { } arrow)
            {
                var targets = ReadNodes(text);
                foreach (var source in sources)
                    foreach (var target in targets)
                    {
                        if (arrow.Forward) _arrows.Add(new MermaidArrow(source, target, arrow.Label, line));
                        if (arrow.Backward) _arrows.Add(new MermaidArrow(target, source, arrow.Label, line));
                    }

                sources = targets;
            }

            text.EndStatement();
        }
    }

    private List<string> ReadNodes(MermaidLine text)
    {
        var ids = new List<string>();
        do
        {
            var (id, shown) = text.ReadNode();
            ids.Add(id);
            if (!_nodes.TryGetValue(id, out var known)) _nodes[id] = known = new MermaidNode(id, null, [.. _groups]);
            if (shown is not null) _nodes[id] = known with { Text = shown };
        }
        while (text.TryRead('&'));
        return ids;
    }
}
