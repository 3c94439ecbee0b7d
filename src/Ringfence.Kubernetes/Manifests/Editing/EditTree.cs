using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Ringfence.Kubernetes.Manifests.Editing;

/// <summary>Reads text, YAML or JSON, into nodes that know where they are written.</summary>
internal sealed class EditTree
{
    private readonly Parser _parser;
    private int _reached;

    private EditTree(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>The document that begins last before <paramref name="offset"/>.</summary>
    /// <exception cref="YamlException">The text is not YAML.</exception>
    public static EditNode? DocumentAt(string text, int offset)
    {
        var tree = new EditTree(text);
        EditNode? found = null;
        while (tree._parser.MoveNext())
        {
            if (tree._parser.Current is not DocumentStart) continue;
            tree._parser.MoveNext();
            var node = tree.Read();
            if (node.Start > offset) break;
            found = node;
        }

        return found;
    }

    /// <summary>A value by itself.</summary>
    public static EditNode? Value(string text) => DocumentAt(text, text.Length);

    private EditNode Read()
    {
        var start = _parser.Current!;
        var isShared = start is AnchorAlias || start is NodeEvent { Anchor.IsEmpty: false };
        switch (start)
        {
            case SequenceStart { Style: var style }:
                var items = new List<EditNode>();
                for (_parser.MoveNext(); _parser.Current is not SequenceEnd; _parser.MoveNext()) items.Add(Read());
                return new EditList(Index(start.Start), End(style == SequenceStyle.Flow), style == SequenceStyle.Flow, isShared, items);
            case MappingStart { Style: var style }:
                var entries = new List<EditEntry>();
                for (_parser.MoveNext(); _parser.Current is not MappingEnd; _parser.MoveNext())
                {
                    if (Read() is not EditScalar key) throw new YamlException("a key is not text");
                    _parser.MoveNext();
                    entries.Add(new EditEntry(key, Read()));
                }

                var merges = entries.Exists(entry => entry.Key.Text == "<<");
                return new EditMapping(Index(start.Start), End(style == MappingStyle.Flow), style == MappingStyle.Flow, isShared || merges, entries);
            case Scalar scalar:
                _reached = Math.Max(_reached, Index(scalar.End));
                var isBlock = scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded;
                return new EditScalar(Index(scalar.Start), Index(scalar.End), isShared || !scalar.Tag.IsEmpty, scalar.Value, isBlock);
            default:
                _reached = Index(start.End);
                return new EditScalar(Index(start.Start), Index(start.End), IsShared: true, "", IsBlock: false);
        }
    }

    // The parser's end of a block is at what comes after it; its own end is that of the last value in it. The end between brackets is before the closing one.
    private int End(bool isFlow)
    {
        if (isFlow) _reached = Index(_parser.Current!.End) + 1;
        return _reached;
    }

    private static int Index(Mark mark) => (int)mark.Index;
}
