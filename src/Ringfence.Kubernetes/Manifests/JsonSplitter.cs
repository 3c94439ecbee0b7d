using System.Buffers;
using System.Text;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Manifests;

/// <summary>
/// Cuts a stream of JSON, of any length, into documents, and lists into their items. Holds no more of it than one piece and one buffer.
/// </summary>
internal sealed partial class JsonSplitter(Stream text, int bufferSize = JsonSplitter.DefaultBuffer, int mostBytes = DocumentLimits.DocumentBytes) : IDisposable
{
    public const int DefaultBuffer = 1 << 20;

    private static readonly SearchValues<byte> Delimiters = SearchValues.Create(",]} \t\r\n"u8);

    private enum State { Between, Envelope, Items, Nested, Done }

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(bufferSize);
    private int _length;
    private int _at;
    private bool _isEnd;
    private bool _isFirst = true;
    private JsonBatch? _batch;

    private State _state = State.Between;
    private State _outer;
    private JsonNesting _nesting;
    private int _keep = -1;
    private bool _isTooBig;

    private bool _afterItem;
    private JsonList? _list;
    private readonly ArrayBufferWriter<byte> _envelope = new();
    private (int Line, int Column) _documentPlace;
    private (int Line, int Column) _piecePlace;
    private (int Offset, int Line, int Column) _gap;

    private int _placed;
    private int _line = 1;
    private int _column = 1;

    /// <summary>Whether there is more text than fits one buffer; known after the first batch.</summary>
    public bool IsBig { get; private set; }

    /// <summary>How many bytes have been read.</summary>
    public long Bytes { get; private set; }

    /// <summary>The next batch; null at the end. Its buffer is the caller's to give back to the shared pool.</summary>
    public JsonBatch? Next()
    {
        if (_isFirst)
        {
            Fill();
            IsBig = !_isEnd;
            _isFirst = false;
        }

        while (_state != State.Done)
        {
            if (Scan()) return Take();
            if (_state == State.Done) break;
            if (_isEnd)
            {
                CutOff();
                break;
            }

            if (_batch is { Pieces.Count: > 0 }) return Take();
            MakeRoom();
            Fill();
        }

        return _batch is { } last && (last.Pieces.Count > 0 || last.Problems.Count > 0 || last.Envelope is not null) ? Take() : null;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private JsonBatch Batch => _batch ??= new JsonBatch(_buffer) { List = _list };

    // Reads on until a batch has to end there (true) or more text is needed (false).
    private bool Scan()
    {
        while (_at < _length)
        {
            switch (_state)
            {
                case State.Between:
                    if (!BeginDocument()) return false;
                    break;
                case State.Nested:
                    var end = _nesting.FindEnd(_buffer.AsSpan(0, _length), _at);
                    if (end < 0)
                    {
                        _at = _length;
                        return false;
                    }

                    _at = end;
                    _state = _outer;
                    EndNested();
                    break;
                case State.Items:
                    if (!NextItem()) return false;
                    break;
                default:
                    switch (NextOfEnvelope())
                    {
                        case Step.NeedsMore: return false;
                        case Step.EndsBatch: return true;
                        default: break;
                    }

                    break;
            }

            if (_state == State.Done) return false;
        }

        return false;
    }

    private bool BeginDocument()
    {
        var rest = _buffer.AsSpan(_at, _length - _at);
        var blank = rest.IndexOfAnyExcept(" \t\r\n"u8);
        _at = blank < 0 ? _length : _at + blank;
        if (blank < 0) return false;
        rest = rest[blank..];
        if (rest[0] == (byte)'-' && rest.Length < 3 && !_isEnd)
        {
            _keep = _at;
            return false;
        }

        _keep = -1;
        if (rest.StartsWith("---"u8))
        {
            _at += 3;
            return true;
        }

        if (rest[0] is not ((byte)'{' or (byte)'['))
        {
            var place = PlaceOf(_at);
            Batch.Problems.Add(new SyntaxProblem("not-json", "is not JSON: an object has to begin here with {", place.Line, place.Column));
            _state = State.Done;
            return false;
        }

        _keep = _at;
        _documentPlace = _piecePlace = PlaceOf(_at);
        _list = null;
        if (rest[0] == (byte)'[') Nest(State.Between);
        else
        {
            _at++;
            _state = State.Envelope;
        }

        return true;
    }

    private enum Step { Goes, NeedsMore, EndsBatch }

    private Step NextOfEnvelope()
    {
        var rest = _buffer.AsSpan(_at, _length - _at);
        var next = rest.IndexOfAny("\"{}[]"u8);
        if (next < 0)
        {
            _at = _length;
            return Step.NeedsMore;
        }

        _at += next;
        switch (rest[next])
        {
            case (byte)'"':
                var length = StringLength(rest[next..]);
                if (length < 0) return Step.NeedsMore;
                if (_list is null && rest.Slice(next, length).SequenceEqual("\"items\""u8))
                {
                    var value = ColonAndSpace(rest[(next + length)..]);
                    if (value == rest.Length - next - length) return Step.NeedsMore;
                    if (value > 0 && rest[next + length + value] == (byte)'[')
                    {
                        _at += length + value;
                        BeginItems();
                        return Step.Goes;
                    }
                }

                _at += length;
                return Step.Goes;
            case (byte)'}':
                _at++;
                return EndDocument() ? Step.EndsBatch : Step.Goes;
            case (byte)']':
                // Not JSON; what is around it will be told so.
                _at++;
                return Step.Goes;
            default:
                Nest(State.Envelope);
                return Step.Goes;
        }
    }

    // How much stands between a key and its value; 0 where there is no colon.
    private static int ColonAndSpace(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOfAnyExcept(" \t\r\n"u8);
        if (colon < 0) return text.Length;
        if (text[colon] != (byte)':') return 0;
        var value = text[(colon + 1)..].IndexOfAnyExcept(" \t\r\n"u8);
        return value < 0 ? text.Length : colon + 1 + value;
    }

    private void BeginItems()
    {
        _at++;
        _envelope.ResetWrittenCount();
        _envelope.Write(_buffer.AsSpan(_keep, _at - _keep));
        byte[] head = [.. _envelope.WrittenSpan, (byte)']', (byte)'}'];
        var root = new JsonTree().Read(head, 1, 1).Root as MappingNode;
        _list = new JsonList((root?.Text("apiVersion"), root?.Text("kind")));
        Batch.List = _list;
        _keep = -1;
        _afterItem = false;
        _state = State.Items;
    }

    private bool NextItem()
    {
        var rest = _buffer.AsSpan(_at, _length - _at);
        var next = rest.IndexOfAnyExcept(" \t\r\n"u8);
        _at = next < 0 ? _length : _at + next;
        if (next < 0) return false;
        switch (rest[next])
        {
            case (byte)',':
                if (!_afterItem) Misplaced("a value has to stand before this comma");
                _afterItem = false;
                _at++;
                return true;
            case (byte)']':
                var place = PlaceOf(_at);
                _gap = (_envelope.WrittenCount, place.Line, place.Column);
                _keep = _at;
                _at++;
                _state = State.Envelope;
                return true;
            case (byte)'{' or (byte)'[':
                if (_afterItem) Misplaced("a comma is missing before this item");
                _keep = _at;
                _piecePlace = PlaceOf(_at);
                Nest(State.Items);
                return true;
            default:
                return ScalarItem(rest[next..]);
        }
    }

    // Only objects are of use; the piece says so when it is read.
    private bool ScalarItem(ReadOnlySpan<byte> rest)
    {
        var length = rest[0] == (byte)'"' ? StringLength(rest) : rest.IndexOfAny(Delimiters);
        if (rest[0] == (byte)'}') length = 1;
        if (length < 0)
        {
            _keep = _at;
            return false;
        }

        _keep = _at;
        _piecePlace = PlaceOf(_at);
        _at += length;
        AddPiece(JsonPart.Item);
        return true;
    }

    private void Misplaced(string message)
    {
        var place = PlaceOf(_at);
        Batch.Problems.Add(new SyntaxProblem("not-json", $"is not valid JSON: {message}", place.Line, place.Column));
    }

    private void Nest(State outer)
    {
        _outer = outer;
        _state = State.Nested;
        _nesting = new JsonNesting { Depth = 1 };
        _at++;
    }

    private void EndNested()
    {
        if (_isTooBig)
        {
            _isTooBig = false;
            _keep = -1;
            _afterItem = _state == State.Items;
        }
        else if (_state == State.Items) AddPiece(JsonPart.Item);
        else if (_state == State.Between) AddPiece(JsonPart.Document);
    }

    private void AddPiece(JsonPart part)
    {
        Batch.Pieces.Add(new JsonPiece(part, _keep, _at - _keep, _piecePlace.Line, _piecePlace.Column));
        _keep = -1;
        _afterItem = true;
    }

    // Whether the batch has to end: what stood around the items comes after them.
    private bool EndDocument()
    {
        _state = State.Between;
        if (_list is null)
        {
            _piecePlace = _documentPlace;
            AddPiece(JsonPart.Document);
            return false;
        }

        _envelope.Write(_buffer.AsSpan(_keep, _at - _keep));
        _keep = -1;
        Batch.Envelope = new JsonTree().Read(_envelope.WrittenSpan, _documentPlace.Line, _documentPlace.Column, _gap);
        _list = null;
        return true;
    }

    private void CutOff()
    {
        if (_state == State.Between && _keep < 0)
        {
            _state = State.Done;
            return;
        }

        var place = _state is State.Nested && _outer == State.Items ? _piecePlace : _documentPlace;
        if (!_isTooBig)
            Batch.Problems.Add(new SyntaxProblem("not-json", "is not valid JSON: the text ends before the object that begins here", place.Line, place.Column));
        _state = State.Done;
    }

    // Of a string with its quotes; -1 where it does not end.
    private static int StringLength(ReadOnlySpan<byte> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            var next = text[i..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0) return -1;
            i += next;
            if (text[i] == (byte)'"') return i + 1;
            i++;
        }

        return -1;
    }
}
