using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Ringfence.Dataplane.Rules;

/// <summary>
/// The elements of a set in rising order of their keys, without repeats; immutable. A list that is made from another shares with it all that is the same,
/// so that one element more or less costs the same in a set of ten and in one of a hundred thousand, and what differs is found without looking at the rest.
/// </summary>
[CollectionBuilder(typeof(ElementList), nameof(Create))]
public sealed class ElementList : IReadOnlyList<SetElement>, IEquatable<ElementList>
{
    /// <summary>No elements.</summary>
    public static readonly ElementList Empty = new([]);

    // A piece is cut in two where it grows beyond twice this, and joined to its neighbour where it shrinks below a quarter.
    private const int PieceLength = 256;

    private readonly ImmutableArray<ElementPiece> _pieces;

    private ElementList(ImmutableArray<ElementPiece> pieces)
    {
        _pieces = pieces;
        foreach (var piece in pieces) Length += piece.Length;
    }

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <inheritdoc/>
    public int Count => Length;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => Length == 0;

    /// <inheritdoc/>
    /// <remarks>Looks at the pieces before it: enumerate where you want them all.</remarks>
    public SetElement this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            foreach (var piece in _pieces)
            {
                if (index < piece.Length) return piece[index];
                index -= piece.Length;
            }

            throw new ArgumentOutOfRangeException(nameof(index));
        }
    }

    internal ImmutableArray<ElementPiece> Pieces => _pieces;

    /// <summary>A list of elements that are in rising order of their keys, without repeats.</summary>
    public static ElementList Create(ReadOnlySpan<SetElement> elements)
    {
        if (elements.IsEmpty) return Empty;
        var pieces = ImmutableArray.CreateBuilder<ElementPiece>((elements.Length + PieceLength - 1) / PieceLength);
        Cut(elements, pieces);
        return new(pieces.DrainToImmutable());
    }

    /// <summary>The list without some elements and with others.</summary>
    /// <param name="removed">Keys in rising order, without repeats; those that are not there do not matter.</param>
    /// <param name="added">Elements in rising order, without repeats; one whose key is there takes its place.</param>
    public ElementList With(ReadOnlySpan<ElementKey> removed, ReadOnlySpan<SetElement> added)
    {
        if (removed.IsEmpty && added.IsEmpty) return this;
        var pieces = ImmutableArray.CreateBuilder<ElementPiece>(_pieces.Length + 1);
        var merged = new List<SetElement>(PieceLength * 2);
        var at = 0;
        do
        {
            // A piece holds the keys up to the first of the next one.
            var isLast = at + 1 >= _pieces.Length;
            var (goes, comes) = isLast ? (removed.Length, added.Length) : (Below(removed, _pieces[at + 1].First), Below(added, _pieces[at + 1].First));
            var piece = at < _pieces.Length ? _pieces[at] : null;
            if (goes == 0 && comes == 0 && merged.Count == 0)
            {
                if (piece is not null) pieces.Add(piece);
            }
            else
            {
                Merge(piece, removed[..goes], added[..comes], merged);

                // What is left of a piece that shrank goes with the next.
                if (merged.Count >= PieceLength / 4) Flush(merged, pieces);
            }

            removed = removed[goes..];
            added = added[comes..];
            at++;
        }
        while (at < _pieces.Length);
        Flush(merged, pieces);
        return pieces.Count == 0 ? Empty : new(pieces.DrainToImmutable());
    }

    /// <summary>Whether an element has this key.</summary>
    public bool Contains(ElementKey key)
    {
        var (low, high) = (0, _pieces.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) >> 1;
            if (_pieces[middle].First <= key) low = middle;
            else high = middle - 1;
        }

        return _pieces.Length > 0 && _pieces[low].Find(key) >= 0;
    }

    /// <inheritdoc/>
    public bool Equals(ElementList? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || Length != other.Length) return false;
        var (left, right) = (new ElementCursor(this), new ElementCursor(other));
        while (left.SkipAlike(ref right))
        {
            if (left.Current != right.Current) return false;
            left.Next();
            right.Next();
        }

        return left.IsAtEnd && right.IsAtEnd;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ElementList);

    /// <inheritdoc/>
    public override int GetHashCode() => Length;

    /// <inheritdoc/>
    public IEnumerator<SetElement> GetEnumerator()
    {
        foreach (var piece in _pieces)
            for (var i = 0; i < piece.Length; i++) yield return piece[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void Cut(ReadOnlySpan<SetElement> elements, ImmutableArray<ElementPiece>.Builder pieces)
    {
        // The last two share what is left, so that none begins its life too short.
        while (elements.Length > PieceLength * 2)
        {
            pieces.Add(new ElementPiece(elements[..PieceLength]));
            elements = elements[PieceLength..];
        }

        if (elements.Length > PieceLength)
        {
            pieces.Add(new ElementPiece(elements[..(elements.Length / 2)]));
            elements = elements[(elements.Length / 2)..];
        }

        if (!elements.IsEmpty) pieces.Add(new ElementPiece(elements));
    }

    private static void Flush(List<SetElement> merged, ImmutableArray<ElementPiece>.Builder pieces)
    {
        Cut(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(merged), pieces);
        merged.Clear();
    }

    private static void Merge(ElementPiece? piece, ReadOnlySpan<ElementKey> removed, ReadOnlySpan<SetElement> added, List<SetElement> into)
    {
        for (var i = 0; i < (piece?.Length ?? 0); i++)
        {
            var element = piece![i];
            while (!added.IsEmpty && added[0].Key < element.Key) Take(ref added);
            while (!removed.IsEmpty && removed[0] < element.Key) removed = removed[1..];
            if (!added.IsEmpty && added[0].Key == element.Key) Take(ref added);
            else if (removed.IsEmpty || removed[0] != element.Key) into.Add(element);
        }

        while (!added.IsEmpty) Take(ref added);

        void Take(ref ReadOnlySpan<SetElement> from)
        {
            into.Add(from[0]);
            from = from[1..];
        }
    }

    private static int Below(ReadOnlySpan<ElementKey> keys, ElementKey bound)
    {
        var count = 0;
        while (count < keys.Length && keys[count] < bound) count++;
        return count;
    }

    private static int Below(ReadOnlySpan<SetElement> elements, ElementKey bound)
    {
        var count = 0;
        while (count < elements.Length && elements[count].Key < bound) count++;
        return count;
    }
}
