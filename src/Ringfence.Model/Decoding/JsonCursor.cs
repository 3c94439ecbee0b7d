using System.Buffers;
using System.Buffers.Text;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ringfence.Model.Decoding;

/// <summary>
/// Walks over JSON text that is likely what it should be. Anything unusual (an escape, a letter beyond ASCII, a wrong type) sets
/// <see cref="Failed"/>, and the text has to be read in another way.
/// </summary>
internal ref struct JsonCursor(ReadOnlySpan<byte> text)
{
    private static readonly SearchValues<byte> Delimiters = SearchValues.Create(",}] \r\n\t"u8);

    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;

    public bool Failed { get; private set; }

    public readonly bool IsAtEnd => _at == _text.Length;

    public void Fail()
    {
        Failed = true;
        _at = _text.Length;
    }

    /// <summary>The next character that is no space, not taken; 0 at the end.</summary>
    public byte Peek()
    {
        if (_at < _text.Length && _text[_at] > ' ') return _text[_at];
        return PeekBeyondSpace();
    }

    private byte PeekBeyondSpace()
    {
        while (_at + 16 <= _text.Length)
        {
            var bytes = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(_text), (nuint)_at);
            var marks = Vector128.GreaterThan(bytes, Vector128.Create((byte)' ')).ExtractMostSignificantBits();
            if (marks != 0)
            {
                _at += BitOperations.TrailingZeroCount(marks);
                return _text[_at];
            }

            _at += 16;
        }

        while (_at < _text.Length && _text[_at] <= ' ') _at++;
        return _at < _text.Length ? _text[_at] : (byte)0;
    }

    /// <summary>Takes one character; fails where another one is next.</summary>
    public bool Take(byte character)
    {
        if (Peek() != character)
        {
            Fail();
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Takes the next key and the colon after it; false at the end of the object, which is taken, and after a failure.</summary>
    public bool NextKey(ref bool isFirst, out ReadOnlySpan<byte> key)
    {
        key = default;
        if (Failed) return false;
        if (Peek() == '}')
        {
            _at++;
            return false;
        }

        if (!isFirst && !Take((byte)',')) return false;
        isFirst = false;
        return PlainString(out key) && Take((byte)':');
    }

    /// <summary>
    /// Takes the next key, which has to be one of those known and new in this object; null at the end of the object, which is taken,
    /// and after a failure.
    /// </summary>
    /// <param name="known">The fields, at most 64.</param>
    /// <param name="seen">Which of them there were; 0 before the first.</param>
    public string? NextField(FieldNames known, ref ulong seen)
    {
        var isFirst = seen == 0;
        if (!NextKey(ref isFirst, out var key)) return null;
        var index = known.IndexOf(key);
        if (index < 0 || (seen >> index & 1) != 0)
        {
            Fail();
            return null;
        }

        seen |= 1UL << index;
        return known[index];
    }

    /// <summary>Whether there is another entry in an array; false at its end, which is taken, and after a failure.</summary>
    public bool NextItem(ref bool isFirst)
    {
        if (Failed) return false;
        if (Peek() == ']')
        {
            _at++;
            return false;
        }

        if (!isFirst && !Take((byte)',')) return false;
        isFirst = false;
        return true;
    }

    /// <summary>Takes a string of plain ASCII.</summary>
    public bool PlainString(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!Take((byte)'"')) return false;
        var length = PlainLength();
        if (length < 0 || _text[_at + length] != '"')
        {
            Fail();
            return false;
        }

        value = _text.Slice(_at, length);
        _at += length + 1;
        return true;
    }

    /// <summary>
    /// How many bytes from here are plain: not a quote, a backslash, a control character or beyond ASCII; -1 where all are. The base library's
    /// search does the same, but is compiled anew at each start, slow at first.
    /// </summary>
    private readonly int PlainLength()
    {
        var at = _at;
        for (; at + 16 <= _text.Length; at += 16)
        {
            var bytes = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(_text), (nuint)at);
            var ends = Vector128.Equals(bytes, Vector128.Create((byte)'"')) | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))
                | Vector128.GreaterThan(bytes - Vector128.Create((byte)' '), Vector128.Create((byte)('~' - ' ')));
            var marks = ends.ExtractMostSignificantBits();
            if (marks != 0) return at + BitOperations.TrailingZeroCount(marks) - _at;
        }

        for (; at < _text.Length; at++)
            if (_text[at] is (byte)'"' or (byte)'\\' or < (byte)' ' or > (byte)'~') return at - _at;
        return -1;
    }

    /// <summary>Takes a whole number that is not negative and has at most nine digits.</summary>
    public int Number()
    {
        Peek();
        if (Utf8Parser.TryParse(_text[_at..], out int value, out var length) && length is > 0 and < 10 && value >= 0 && _text[_at] is not (byte)'+'
            && (length == 1 || _text[_at] != '0') && IsDelimiter(_at + length))
        {
            _at += length;
            return value;
        }

        Fail();
        return 0;
    }

    /// <summary>Takes <c>true</c> or <c>false</c>.</summary>
    public bool Flag()
    {
        Peek();
        var rest = _text[_at..];
        var isTrue = rest.StartsWith("true"u8);
        var length = isTrue ? 4 : 5;
        if ((isTrue || rest.StartsWith("false"u8)) && IsDelimiter(_at + length)) _at += length;
        else Fail();
        return isTrue;
    }

    /// <summary>Takes an object or an array whole.</summary>
    public ReadOnlySpan<byte> Nested(byte opening)
    {
        if (Peek() != opening)
        {
            Fail();
            return default;
        }

        var start = _at;
        SkipNested();
        return Failed ? default : _text[start.._at];
    }

    /// <summary>Takes a value of any kind, unread.</summary>
    public void Skip()
    {
        switch (Peek())
        {
            case (byte)'"':
                SkipString();
                break;
            case (byte)'{' or (byte)'[':
                SkipNested();
                break;
            case (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'t' or (byte)'f' or (byte)'n':
                var length = _text[_at..].IndexOfAny(Delimiters);
                if (length <= 0) Fail();
                else _at += length;
                break;
            default:
                Fail();
                break;
        }
    }

    private void SkipString()
    {
        _at++;
        while (true)
        {
            var next = _text[_at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0 || _at + next + 1 >= _text.Length)
            {
                Fail();
                return;
            }

            var isEnd = _text[_at + next] == '"';
            _at += next + (isEnd ? 1 : 2);
            if (isEnd) return;
        }
    }

    private void SkipNested()
    {
        var nesting = new JsonNesting { Depth = 1 };
        var end = nesting.FindEnd(_text, _at + 1);
        if (end < 0) Fail();
        else _at = end;
    }

    private readonly bool IsDelimiter(int at) => at < _text.Length && _text[at] is (byte)',' or (byte)'}' or (byte)']' or <= (byte)' ';
}
