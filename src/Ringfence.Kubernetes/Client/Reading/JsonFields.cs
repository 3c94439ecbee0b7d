using System.Buffers;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Client.Reading;

/// <summary>
/// Walks over the fields of one JSON object that is at hand, values unread. Ends where the text is not what it should be, and says so.
/// </summary>
internal ref struct JsonFields(ReadOnlySpan<byte> text)
{
    private static readonly SearchValues<byte> Delimiters = SearchValues.Create(",]} \t\r\n"u8);

    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;

    /// <summary>Whether the text is no object, or not whole.</summary>
    public bool Failed { get; private set; }

    /// <summary>Takes the next field.</summary>
    /// <param name="key">Its key, as written between the quotes.</param>
    /// <param name="value">Its value, as written.</param>
    public bool Next(out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        key = value = default;
        if (Failed) return false;
        var first = _at == 0;
        SkipSpace();
        if (first && !Take((byte)'{')) return Fail();
        SkipSpace();
        if (Take((byte)'}')) return false;
        if (!first && !Take((byte)',')) return Fail();
        SkipSpace();
        var length = Length(_text[_at..]);
        if (length < 2 || _text[_at] != '"') return Fail();
        key = _text.Slice(_at + 1, length - 2);
        _at += length;
        SkipSpace();
        if (!Take((byte)':')) return Fail();
        SkipSpace();
        length = Length(_text[_at..]);
        if (length <= 0) return Fail();
        value = _text.Slice(_at, length);
        _at += length;
        return true;
    }

    /// <summary>The value of a field; empty where there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        var fields = new JsonFields(text);
        while (fields.Next(out var key, out var value))
            if (key.SequenceEqual(name)) return value;
        return default;
    }

    /// <summary>The text of a string without escapes; empty for anything else.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> value) =>
        value.Length >= 2 && value[0] == '"' && value.IndexOf((byte)'\\') < 0 ? value[1..^1] : default;

    /// <summary>How long the value is that the text begins with; -1 where it does not end.</summary>
    public static int Length(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return -1;
        switch (text[0])
        {
            case (byte)'{' or (byte)'[':
                var nesting = new JsonNesting { Depth = 1 };
                return nesting.FindEnd(text, 1);
            case (byte)'"':
                for (var i = 1; i < text.Length; i++)
                {
                    var next = text[i..].IndexOfAny((byte)'"', (byte)'\\');
                    if (next < 0) return -1;
                    i += next;
                    if (text[i] == '"') return i + 1;
                    i++;
                }

                return -1;
            default:
                return text.IndexOfAny(Delimiters);
        }
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') _at++;
    }

    private bool Take(byte character)
    {
        if (_at >= _text.Length || _text[_at] != character) return false;
        _at++;
        return true;
    }

    private bool Fail()
    {
        Failed = true;
        return false;
    }
}
