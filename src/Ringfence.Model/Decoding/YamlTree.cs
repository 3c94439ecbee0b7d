using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Ringfence.Model.Decoding;

/// <summary>Builds nodes from the events of the YAML parser, within <see cref="DocumentLimits"/>.</summary>
internal sealed class YamlTree
{
    private readonly Parser _parser;
    private readonly int _lineOffset;
    private readonly Dictionary<AnchorName, Node?> _anchors = [];
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);
    private long _nodes;
    private int _lastLine;

    public YamlTree(string text, int firstLine)
    {
        _parser = new Parser(new StringReader(text));
        _lineOffset = firstLine - 1;
    }

    /// <summary>The place after what the parser has understood last.</summary>
    public (int Line, int Column) Reached => Place(_parser.Current?.End ?? new Mark(0, 1, 1));

    /// <summary>The next document; null at the end.</summary>
    public Node? Next()
    {
        while (_parser.MoveNext())
        {
            if (_parser.Current is not DocumentStart) continue;
            _anchors.Clear();
            _nodes = 0;
            Advance();
            return Value(1);
        }

        return null;
    }

    // Reads the node that the current event begins; the current event is its last one afterwards.
    private Node Value(int depth)
    {
        var start = _parser.Current!;
        if (depth > DocumentLimits.Depth) throw Error("too-deep", DocumentLimits.TooDeep, start);
        Count(1, start);
        if (start is AnchorAlias alias) return Alias(alias);
        var anchor = start is NodeEvent { Anchor.IsEmpty: false } anchored ? anchored.Anchor : default;
        if (!anchor.IsEmpty) _anchors[anchor] = null;
        Node node = start switch
        {
            Scalar scalar => Scalar(scalar),
            SequenceStart => Sequence(start, depth),
            MappingStart => Mapping(start, depth),
            _ => throw Error("not-yaml", "the document ends too early", start),
        };
        if (!anchor.IsEmpty) _anchors[anchor] = node;
        return node;
    }

    private Node Alias(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value, out var node))
            throw Error("not-yaml", $"the alias *{Excerpt.Of(alias.Value.Value)} has no anchor before it", alias);
        if (node is null) throw Error("not-yaml", $"the alias *{Excerpt.Of(alias.Value.Value)} refers to itself", alias);
        Count(node.Weight, alias);
        _lastLine = Place(alias.Start).Line;
        return node;
    }

    private ScalarNode Scalar(Scalar scalar)
    {
        var (line, column) = Place(scalar.Start);
        var endLine = Math.Max(line, (int)scalar.End.Line + _lineOffset - (scalar.End.Column == 1 && scalar.End.Line > scalar.Start.Line ? 1 : 0));
        _lastLine = endLine;
        var plain = scalar.Tag.IsEmpty
            ? scalar.Style is ScalarStyle.Plain
            : scalar.Tag.Value is "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null";
        var (kind, value) = plain ? YamlScalars.Resolve(scalar.Value) : (ScalarKind.Text, scalar.Value);
        return new ScalarNode(kind, value, scalar.Value, line, column, endLine);
    }

    private SequenceNode Sequence(ParsingEvent start, int depth)
    {
        var items = new List<Node>();
        for (Advance(); _parser.Current is not SequenceEnd; Advance()) items.Add(Value(depth + 1));
        var (line, column) = Place(start.Start);
        return new SequenceNode(items.ToArray(), line, column, End(line, ((SequenceStart)start).Style == SequenceStyle.Flow));
    }

    private MappingNode Mapping(ParsingEvent start, int depth)
    {
        var entries = new List<MappingEntry>();
        List<Node>? merges = null;
        for (Advance(); _parser.Current is not MappingEnd; Advance())
        {
            var keyEvent = _parser.Current!;
            var key = Key(keyEvent, depth);
            Advance();
            var value = Value(depth + 1);
            if (key is null) (merges ??= []).Add(value);
            else entries.Add(new MappingEntry(key, Place(keyEvent.Start).Line, Place(keyEvent.Start).Column, value));
        }

        if (merges is not null) Merge(entries, merges, start);
        var (line, column) = Place(start.Start);
        return new MappingNode(entries.ToArray(), line, column, End(line, ((MappingStart)start).Style == MappingStyle.Flow));
    }

    // A block ends with its last entry, the parser's mark is at the token after it.
    private int End(int firstLine, bool isFlow)
    {
        if (isFlow) _lastLine = Place(_parser.Current!.End).Line;
        return _lastLine = Math.Max(firstLine, _lastLine);
    }

    // The key's text; null for the merge key.
    private string? Key(ParsingEvent current, int depth)
    {
        if (current is AnchorAlias alias && Alias(alias) is ScalarNode aliased) return aliased.Text;
        if (current is not Scalar scalar) throw Error("not-yaml", "a key must be text, not a mapping or a list", current);
        if (scalar is { Style: ScalarStyle.Plain, Value: "<<" }) return null;
        var node = (ScalarNode)Value(depth);
        if (_keys.TryGetValue(node.Text, out var known)) return known;
        if (_keys.Count < 4096) _keys.Add(node.Text, node.Text);
        return node.Text;
    }

    private void Merge(List<MappingEntry> entries, List<Node> merges, ParsingEvent start)
    {
        var present = entries.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var source in merges.SelectMany(merge => merge is SequenceNode list ? list.Items : [merge]))
        {
            if (source is not MappingNode mapping) throw Error("not-yaml", "only mappings can be merged with <<", start);
            Count(mapping.Weight + mapping.Entries.Count, start);
            foreach (var entry in mapping.Entries)
                if (present.Add(entry.Key)) entries.Add(entry with { Merged = true });
        }
    }

    private void Advance()
    {
        if (!_parser.MoveNext()) throw SyntaxException.At("not-yaml", "the document ends too early", _lineOffset + 1, 1);
    }

    private void Count(long nodes, ParsingEvent at)
    {
        _nodes += nodes;
        if (_nodes > DocumentLimits.Nodes)
            throw Error("too-big", $"has more than {DocumentLimits.Nodes:N0} values once its aliases are followed; it is not read", at);
    }

    private (int Line, int Column) Place(Mark mark) => ((int)mark.Line + _lineOffset, (int)mark.Column);

    private SyntaxException Error(string code, string message, ParsingEvent at) =>
        SyntaxException.At(code, message, at.Start.Line + _lineOffset, at.Start.Column);
}
