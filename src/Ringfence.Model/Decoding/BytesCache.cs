namespace Ringfence.Model.Decoding;

/// <summary>
/// Values by the bytes that they were read from: of those that share a slot the last one only, because equal ones mostly stand near to
/// each other. It grows with what it is given, and forgets then. Not thread-safe.
/// </summary>
internal sealed class BytesCache<T>
    where T : class
{
    private const int MostSlots = 1 << 12;
    private const int Longest = 4096;

    private (ulong Hash, int Length, byte[]? Bytes, T? Value)[] _slots = new (ulong, int, byte[]?, T?)[1 << 6];
    private int _added;

    /// <summary>The value for these bytes; null where there is none, and then <paramref name="hash"/> is for <see cref="Add"/>.</summary>
    public T? Find(ReadOnlySpan<byte> bytes, out ulong hash)
    {
        hash = Utf8Texts.Hash(bytes);
        ref var slot = ref _slots[hash & (ulong)(_slots.Length - 1)];
        return slot.Hash == hash && slot.Value is { } value && bytes.SequenceEqual(slot.Bytes.AsSpan(0, slot.Length)) ? value : null;
    }

    /// <summary>Keeps a value.</summary>
    public void Add(ReadOnlySpan<byte> bytes, ulong hash, T value)
    {
        if (bytes.Length > Longest) return;
        if (++_added > _slots.Length && _slots.Length < MostSlots) (_slots, _added) = (new (ulong, int, byte[]?, T?)[_slots.Length * 4], 0);
        ref var slot = ref _slots[hash & (ulong)(_slots.Length - 1)];
        if (slot.Bytes is null || slot.Bytes.Length < bytes.Length) slot.Bytes = new byte[bytes.Length + 32];
        bytes.CopyTo(slot.Bytes);
        (slot.Hash, slot.Length, slot.Value) = (hash, bytes.Length, value);
    }
}
