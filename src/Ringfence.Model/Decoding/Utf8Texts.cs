using System.Runtime.InteropServices;
using System.Text;

namespace Ringfence.Model.Decoding;

/// <summary>
/// Strings made from UTF-8, each kept once: manifests repeat the same keys, names and labels many times. Holds at most a fixed
/// number; beyond them strings are made anew. Not thread-safe.
/// </summary>
public sealed class Utf8Texts
{
    private const int Capacity = 1 << 16;
    private const int Longest = 128;

    private (ulong Hash, byte[] Bytes, string Text)[] _slots = new (ulong, byte[], string)[256];
    private int _count;

    /// <summary>The text of valid UTF-8; what is not valid becomes U+FFFD.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty) return "";
        if (utf8.Length > Longest) return Encoding.UTF8.GetString(utf8);
        var hash = Hash(utf8);
        var mask = _slots.Length - 1;
        var at = (int)hash & mask;
        while (_slots[at].Bytes is { } bytes)
        {
            if (_slots[at].Hash == hash && utf8.SequenceEqual(bytes)) return _slots[at].Text;
            at = (at + 1) & mask;
        }

        var text = Encoding.UTF8.GetString(utf8);
        if (_count < Capacity)
        {
            _slots[at] = (hash, utf8.ToArray(), text);
            if (++_count * 2 > _slots.Length) Grow();
        }

        return text;
    }

    /// <summary>A hash of bytes, the same within one process and on one machine.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        var hash = (ulong)bytes.Length * Prime;
        var second = hash ^ Prime;
        while (bytes.Length >= 16)
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(bytes));
            second = Mix(second ^ MemoryMarshal.Read<ulong>(bytes[8..]));
            bytes = bytes[16..];
        }

        hash ^= second;
        if (bytes.Length >= 8)
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(bytes));
            bytes = bytes[8..];
        }

        ulong rest = 0;
        foreach (var b in bytes) rest = (rest << 8) | b;
        return Mix(hash ^ rest);

        static ulong Mix(ulong value)
        {
            value *= Prime;
            return value ^ (value >> 32);
        }
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new (ulong, byte[], string)[old.Length * 2];
        var mask = _slots.Length - 1;
        foreach (var slot in old)
        {
            if (slot.Bytes is null) continue;
            var at = (int)slot.Hash & mask;
            while (_slots[at].Bytes is not null) at = (at + 1) & mask;
            _slots[at] = slot;
        }
    }
}
