namespace Ringfence.Engine.Compilation;

/// <summary>
/// A growing set of column numbers. Small sets are plain lists, searched with vector instructions; larger ones are bits over the span from
/// their lowest to their highest member, because the columns of a namespace lie close together.
/// </summary>
internal sealed class ColumnSet
{
    private const int LargestList = 64;

    // A bit for each member's last six bits: most columns that are no members are turned away here.
    private ulong _filter;
    private int[] _list = [];
    private ulong[]? _words;
    private int _firstWord;

    /// <summary>Number of members.</summary>
    public int Count { get; private set; }

    /// <summary>Whether <paramref name="column"/> is a member. Allocates nothing.</summary>
    public bool Contains(int column)
    {
        if ((_filter >> column & 1) == 0) return false;
        var words = _words;
        if (words is null) return _list.AsSpan(0, Count).Contains(column);
        var word = (uint)((column >> 6) - _firstWord);
        return word < (uint)words.Length && (words[word] >> column & 1) != 0;
    }

    /// <summary>Adds a column; nothing happens where it is a member already.</summary>
    public void Add(int column)
    {
        if (Contains(column)) return;
        _filter |= 1UL << column;
        if (_words is null)
        {
            if (Count < LargestList)
            {
                if (Count == _list.Length) Array.Resize(ref _list, Math.Max(2, Count * 2));
                _list[Count++] = column;
                return;
            }

            // The list may be longer than its members.
            var members = _list.AsSpan(0, Count);
            members.Sort();
            _list = [];
            _firstWord = members[0] >> 6;
            _words = new ulong[(members[^1] >> 6) - _firstWord + 1];
            foreach (var member in members) SetBit(member);
        }

        SetBit(column);
        Count++;
    }

    /// <summary>Adds many columns at once; they must be in rising order and the set empty.</summary>
    public void Fill(ReadOnlySpan<int> columns)
    {
        foreach (var column in columns) _filter |= 1UL << column;
        if (columns.Length <= LargestList)
        {
            _list = columns.ToArray();
        }
        else
        {
            _firstWord = columns[0] >> 6;
            _words = new ulong[(columns[^1] >> 6) - _firstWord + 1];
            foreach (var column in columns) _words[(column >> 6) - _firstWord] |= 1UL << column;
        }

        Count = columns.Length;
    }

    /// <summary>Takes a column away; nothing happens where it is no member.</summary>
    public void Remove(int column)
    {
        if (!Contains(column)) return;
        Count--;
        if (_words is not null)
        {
            _words[(column >> 6) - _firstWord] &= ~(1UL << column);
            return;
        }

        _list[Array.IndexOf(_list, column)] = _list[Count];
    }

    /// <summary>The members, in no particular order for small sets, rising for large ones.</summary>
    public IEnumerable<int> Members()
    {
        if (_words is null)
        {
            for (var i = 0; i < Count; i++) yield return _list[i];
            yield break;
        }

        for (var i = 0; i < _words.Length; i++)
            for (var word = _words[i]; word != 0; word &= word - 1)
                yield return ((i + _firstWord) << 6) + System.Numerics.BitOperations.TrailingZeroCount(word);
    }

    private void SetBit(int column)
    {
        var word = column >> 6;
        if (word < _firstWord)
        {
            var grown = new ulong[_words!.Length + _firstWord - word];
            _words.CopyTo(grown, _firstWord - word);
            (_words, _firstWord) = (grown, word);
        }
        else if (word - _firstWord >= _words!.Length)
        {
            // Columns arrive in rising order, so leave room for the next ones.
            var length = word - _firstWord + 1;
            Array.Resize(ref _words, length + (length >> 3));
        }

        _words[word - _firstWord] |= 1UL << column;
    }
}
