namespace Ringfence.Dataplane.Rules;

/// <summary>Some elements that lie side by side. Plain ones, of which there may be very many, are kept as the bytes of their keys.</summary>
internal sealed class ElementPiece
{
    private readonly byte[]? _keys;
    private readonly SetElement[]? _elements;
    private readonly int _keyLength;

    /// <summary>A piece of at least one element.</summary>
    public ElementPiece(ReadOnlySpan<SetElement> elements)
    {
        Length = elements.Length;
        First = elements[0].Key;
        _keyLength = First.Length;
        if (!ArePlain(elements))
        {
            _elements = elements.ToArray();
            return;
        }

        _keys = new byte[Length * _keyLength];
        Span<byte> buffer = stackalloc byte[32];
        for (var i = 0; i < elements.Length; i++) elements[i].Key.Write(buffer).CopyTo(_keys.AsSpan(i * _keyLength));
    }

    public int Length { get; }

    /// <summary>The first key.</summary>
    public ElementKey First { get; }

    public SetElement this[int index] => _elements is not null ? _elements[index] : new SetElement(KeyAt(index));

    /// <summary>The place of a key; negative where it is not there.</summary>
    public int Find(ElementKey key)
    {
        var (low, high) = (0, Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var order = (_elements is not null ? _elements[middle].Key : KeyAt(middle)).CompareTo(key);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return -1;
    }

    private ElementKey KeyAt(int index) => new(_keys.AsSpan(index * _keyLength, _keyLength));

    private bool ArePlain(ReadOnlySpan<SetElement> elements)
    {
        foreach (ref readonly var element in elements)
            if (element.Chain is not null || element.Key != element.Last || element.Key.Length != _keyLength) return false;
        return true;
    }
}

/// <summary>A place in a list of elements.</summary>
internal struct ElementCursor(ElementList list)
{
    private int _piece;
    private int _at;

    public readonly bool IsAtEnd => _piece >= list.Pieces.Length;

    public readonly SetElement Current => list.Pieces[_piece][_at];

    public void Next()
    {
        if (++_at < list.Pieces[_piece].Length) return;
        _piece++;
        _at = 0;
    }

    /// <summary>Skips the pieces that both lists have at this place.</summary>
    /// <returns>Whether both have an element behind.</returns>
    public bool SkipAlike(ref ElementCursor other)
    {
        while (!IsAtEnd && !other.IsAtEnd)
        {
            if (_at != 0 || other._at != 0 || !ReferenceEquals(list.Pieces[_piece], other.Piece)) return true;
            _piece++;
            other._piece++;
        }

        return false;
    }

    private readonly ElementPiece Piece => list.Pieces[_piece];
}
