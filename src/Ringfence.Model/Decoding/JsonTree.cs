using System.Text;
using System.Text.Json;

namespace Ringfence.Model.Decoding;

/// <summary>Reads one JSON document into nodes, within <see cref="DocumentLimits"/>. Not thread-safe.</summary>
public sealed class JsonTree
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = DocumentLimits.Depth + 1 };

    private readonly Utf8Texts _texts = new();
    private readonly Stack<List<MappingEntry>> _entryLists = new();
    private readonly Stack<List<Node>> _itemLists = new();
    private Place _place;
    private long _nodes;

    /// <summary>Reads a document.</summary>
    /// <param name="text">All of it, in UTF-8.</param>
    /// <param name="line">The line where the text begins, from 1; 0 where nobody asks for places: all of them are 0 then.</param>
    /// <param name="column">The column where the text begins, from 1; 0 with a line of 0.</param>
    /// <param name="gap">A place in the text from which on lines and columns count anew, because something was cut out there.</param>
    public SourceDocument Read(ReadOnlySpan<byte> text, int line, int column, (int Offset, int Line, int Column)? gap = null)
    {
        _place = new Place(line, column, gap);
        _nodes = 0;
        var reader = new Utf8JsonReader(text, Options);
        try
        {
            reader.Read();
            var root = Value(ref reader, text, 1);
            reader.Read();
            return new SourceDocument(root, null);
        }
        catch (SyntaxException exception)
        {
            return new SourceDocument(null, exception.Problem);
        }
        catch (JsonException exception)
        {
            var at = _place;
            var lineStart = 0;
            for (var i = exception.LineNumber ?? 0; i > 0; i--) lineStart += text[lineStart..].IndexOf((byte)'\n') + 1;
            at.MoveTo(text, (int)Math.Min(lineStart + (exception.BytePositionInLine ?? 0), text.Length));
            var message = exception.Message;
            var end = message.IndexOf(" LineNumber", StringComparison.Ordinal);
            return SourceDocument.Bad("not-json", $"is not valid JSON: {(end < 0 ? message : message[..end]).TrimEnd('.')}", at.Line, at.Column);
        }
        catch (InvalidOperationException)
        {
            return SourceDocument.Bad("not-text", "is not UTF-8 text; save the file as UTF-8", _place.Line, _place.Column);
        }
        finally
        {
            _entryLists.Clear();
            _itemLists.Clear();
        }
    }

    private Node Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, int depth)
    {
        _place.MoveTo(text, (int)reader.TokenStartIndex);
        var (line, column) = (_place.Line, _place.Column);
        if (depth > DocumentLimits.Depth) throw SyntaxException.At("too-deep", DocumentLimits.TooDeep, line, column);
        if (++_nodes > DocumentLimits.Nodes)
            throw SyntaxException.At("too-big", $"has more than {DocumentLimits.Nodes:N0} values; it is not read", line, column);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return Object(ref reader, text, depth, line, column);
            case JsonTokenType.StartArray:
                return Array(ref reader, text, depth, line, column);
            case JsonTokenType.String:
                return new ScalarNode(ScalarKind.Text, Text(ref reader), null, line, column, line);
            case JsonTokenType.Number:
                var digits = reader.ValueSpan;
                var kind = digits.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0 ? ScalarKind.Integer : ScalarKind.Real;
                return new ScalarNode(kind, _texts.Get(digits), null, line, column, line);
            case JsonTokenType.True or JsonTokenType.False:
                return new ScalarNode(ScalarKind.Boolean, reader.TokenType == JsonTokenType.True ? "true" : "false", null, line, column, line);
            default:
                return new ScalarNode(ScalarKind.Null, "null", null, line, column, line);
        }
    }

    private MappingNode Object(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, int depth, int line, int column)
    {
        var entries = _entryLists.TryPop(out var spare) ? spare : [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            _place.MoveTo(text, (int)reader.TokenStartIndex);
            var (keyLine, keyColumn) = (_place.Line, _place.Column);
            var key = Text(ref reader);
            reader.Read();
            entries.Add(new MappingEntry(key, keyLine, keyColumn, Value(ref reader, text, depth + 1)));
        }

        _place.MoveTo(text, (int)reader.TokenStartIndex);
        var node = new MappingNode(entries.ToArray(), line, column, _place.Line);
        entries.Clear();
        _entryLists.Push(entries);
        return node;
    }

    private SequenceNode Array(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, int depth, int line, int column)
    {
        var items = _itemLists.TryPop(out var spare) ? spare : [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Value(ref reader, text, depth + 1));
        _place.MoveTo(text, (int)reader.TokenStartIndex);
        var node = new SequenceNode(items.ToArray(), line, column, _place.Line);
        items.Clear();
        _itemLists.Push(items);
        return node;
    }

    private string Text(ref Utf8JsonReader reader) =>
        !reader.ValueIsEscaped && System.Text.Unicode.Utf8.IsValid(reader.ValueSpan) ? _texts.Get(reader.ValueSpan) : reader.GetString()!;

    private struct Place(int line, int column, (int Offset, int Line, int Column)? gap)
    {
        private int _offset;

        public int Line { get; private set; } = line;

        public int Column { get; private set; } = column;

        public void MoveTo(ReadOnlySpan<byte> text, int offset)
        {
            if (Line == 0) return;
            if (gap is { } cut && _offset < cut.Offset && offset >= cut.Offset) (_offset, Line, Column) = (cut.Offset, cut.Line, cut.Column);
            if (offset <= _offset) return;
            var passed = text[_offset..offset];
            var lastBreak = passed.LastIndexOf((byte)'\n');
            if (lastBreak >= 0)
            {
                Line += passed.Count((byte)'\n');
                Column = 1;
                passed = passed[(lastBreak + 1)..];
            }

            Column += Encoding.UTF8.GetCharCount(passed);
            _offset = offset;
        }
    }
}
