namespace Ringfence.Model.Decoding;

/// <summary>Values by the bytes that they were read from. Bounded; forgets everything when it is full. Not thread-safe.</summary>
internal sealed class BytesCache<T>
    where T : class
{
    private const int Slots = 1 << 14;
    private const int Longest = 4096;

    private readonly (ulong Hash, byte[] Bytes, T Value)[] _slots = new (ulong, byte[], T)[Slots];
    private int _count;

    /// <summary>The value for these bytes; null where there is none, and then <paramref name="hash"/> is for <see cref="Add"/>.</summary>
    public T? Find(ReadOnlySpan<byte> bytes, out ulong hash)
    {
        hash = Utf8Texts.Hash(bytes);
        for (var at = (int)hash & (Slots - 1); _slots[at].Bytes is { } known; at = (at + 1) & (Slots - 1))
            if (_slots[at].Hash == hash && bytes.SequenceEqual(known)) return _slots[at].Value;
        return null;
    }

    public void Add(ReadOnlySpan<byte> bytes, ulong hash, T value)
    {
        if (bytes.Length > Longest) return;
        if (++_count > Slots / 2)
        {
            Array.Clear(_slots);
            _count = 1;
        }

        var at = (int)hash & (Slots - 1);
        while (_slots[at].Bytes is not null) at = (at + 1) & (Slots - 1);
        _slots[at] = (hash, bytes.ToArray(), value);
    }
}
