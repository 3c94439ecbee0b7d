using System.Buffers;
using System.Text;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Manifests;

// The text as it passes: buffers, and the places in them.
internal sealed partial class JsonSplitter
{
    private JsonBatch Take()
    {
        var batch = Batch;
        _batch = null;
        var from = _keep >= 0 ? _keep : _at;
        PlaceOf(from);
        var rest = _length - from;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(bufferSize, rest * 2));
        _buffer.AsSpan(from, rest).CopyTo(buffer);
        _buffer = buffer;
        Shift(from);
        return batch;
    }

    private void MakeRoom()
    {
        var from = _keep >= 0 ? _keep : _at;
        if (_length - from > mostBytes) from = GiveUp();
        if (from > 0)
        {
            PlaceOf(from);
            _buffer.AsSpan(from, _length - from).CopyTo(_buffer);
            Shift(from);
        }

        if (_length < _buffer.Length) return;
        var bigger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _length).CopyTo(bigger);
        var old = _buffer;
        _buffer = bigger;
        if (_batch is not null) _batch = Rebuffered(_batch);
        ArrayPool<byte>.Shared.Return(old);
    }

    private JsonBatch Rebuffered(JsonBatch batch)
    {
        var copy = new JsonBatch(_buffer) { List = batch.List, Envelope = batch.Envelope };
        copy.Problems.AddRange(batch.Problems);
        return copy;
    }

    // A piece that is bigger than any object can be is passed over without being held.
    private int GiveUp()
    {
        var isItem = _outer == State.Items && _state == State.Nested;
        var place = isItem ? _piecePlace : _documentPlace;
        if (!_isTooBig)
            Batch.Problems.Add(new SyntaxProblem(
                "too-big", $"this object is bigger than {mostBytes >> 20} MB; the API server takes none over 1.5 MB", place.Line, place.Column));
        _isTooBig = true;
        if (!isItem)
        {
            if (_state == State.Nested && _outer == State.Envelope) _nesting.Depth++;
            else if (_state != State.Nested)
            {
                _nesting = new JsonNesting { Depth = 1 };
                _state = State.Nested;
                if (_at < _length && _buffer[_at] == (byte)'"')
                {
                    _at++;
                    _nesting.InString = true;
                }
            }

            _outer = State.Between;
            _list = null;
        }

        if (_state == State.Nested) Skim();
        _keep = -1;
        return _at;
    }

    private void Skim()
    {
        var end = _nesting.FindEnd(_buffer.AsSpan(0, _length), _at);
        _at = end < 0 ? _length : end;
        if (end < 0) return;
        _state = _outer;
        EndNested();
    }

    private void Shift(int by)
    {
        _length -= by;
        _at -= by;
        _placed -= by;
        if (_keep >= 0) _keep -= by;
    }

    private void Fill()
    {
        var read = text.ReadAtLeast(_buffer.AsSpan(_length), _buffer.Length - _length, throwOnEndOfStream: false);
        _isEnd = read < _buffer.Length - _length;
        _length += read;
        Bytes += read;
    }

    private (int Line, int Column) PlaceOf(int at)
    {
        var passed = _buffer.AsSpan(_placed, at - _placed);
        var lastBreak = passed.LastIndexOf((byte)'\n');
        if (lastBreak >= 0)
        {
            _line += passed.Count((byte)'\n');
            _column = 1;
            passed = passed[(lastBreak + 1)..];
        }

        _column += Encoding.UTF8.GetCharCount(passed);
        _placed = at;
        return (_line, _column);
    }
}
