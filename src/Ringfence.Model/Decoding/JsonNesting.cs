using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ringfence.Model.Decoding;

/// <summary>
/// Finds the end of a JSON object or array without reading it: 64 bytes at a time, braces and brackets outside strings counted alike.
/// Can go on with the next part of the text. What is inside is not checked.
/// </summary>
/// <remarks>The way of "Parsing Gigabytes of JSON per Second" (Langdale and Lemire): bit masks of a block, strings by the parity of quotes.</remarks>
public struct JsonNesting
{
    private bool _inString;
    private bool _escaped;

    /// <summary>How many objects and arrays are open.</summary>
    public int Depth { get; set; }

    /// <summary>Whether the text so far ends within a string.</summary>
    public bool InString
    {
        readonly get => _inString;
        set => (_inString, _escaped) = (value, false);
    }

    /// <summary>Reads on from <paramref name="start"/> until all that is open is closed.</summary>
    /// <returns>The place after the last closing brace or bracket; -1 where the text ends before.</returns>
    public int FindEnd(ReadOnlySpan<byte> text, int start)
    {
        var at = start;
        for (; at + 64 <= text.Length; at += 64)
        {
            var end = Block(ref MemoryMarshal.GetReference(text[at..]));
            if (end > 0) return at + end;
        }

        if (at == text.Length) return -1;
        Span<byte> last = stackalloc byte[64];
        last.Fill((byte)' ');
        text[at..].CopyTo(last);
        var escaped = _escaped;
        var length = text.Length - at;
        var lastEnd = Block(ref MemoryMarshal.GetReference(last));
        if (lastEnd > 0) return at + lastEnd;

        // The filling is no part of the text: whether its first byte was escaped depends on the text alone.
        _escaped = EndsEscaped(text[at..], length, escaped);
        return -1;
    }

    // The end within the block, from 1; 0 where everything does not close in it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Block(ref byte block)
    {
        ulong quotes = 0, backslashes = 0, opens = 0, closes = 0;
        for (var i = 0; i < 4; i++)
        {
            var bytes = Vector128.LoadUnsafe(ref block, (nuint)(i * 16));
            var folded = bytes | Vector128.Create((byte)0x20);
            quotes |= (ulong)Vector128.Equals(bytes, Vector128.Create((byte)'"')).ExtractMostSignificantBits() << (i * 16);
            backslashes |= (ulong)Vector128.Equals(bytes, Vector128.Create((byte)'\\')).ExtractMostSignificantBits() << (i * 16);
            opens |= (ulong)Vector128.Equals(folded, Vector128.Create((byte)'{')).ExtractMostSignificantBits() << (i * 16);
            closes |= (ulong)Vector128.Equals(folded, Vector128.Create((byte)'}')).ExtractMostSignificantBits() << (i * 16);
        }

        if ((backslashes | (_escaped ? 1UL : 0)) != 0) quotes &= ~Escaped(backslashes);

        var strings = quotes;
        strings ^= strings << 1;
        strings ^= strings << 2;
        strings ^= strings << 4;
        strings ^= strings << 8;
        strings ^= strings << 16;
        strings ^= strings << 32;
        if (_inString) strings = ~strings;
        _inString = (long)strings < 0;

        opens &= ~strings;
        closes &= ~strings;
        if (BitOperations.PopCount(closes) < Depth)
        {
            Depth += BitOperations.PopCount(opens) - BitOperations.PopCount(closes);
            return 0;
        }

        for (var marks = opens | closes; marks != 0; marks &= marks - 1)
        {
            var mark = BitOperations.TrailingZeroCount(marks);
            if ((opens >> mark & 1) != 0) Depth++;
            else if (--Depth == 0) return mark + 1;
        }

        return 0;
    }

    private ulong Escaped(ulong backslashes)
    {
        var escaped = _escaped ? 1UL : 0;
        _escaped = false;
        for (var left = backslashes & ~escaped; left != 0;)
        {
            var mark = BitOperations.TrailingZeroCount(left);
            if (mark == 63)
            {
                _escaped = true;
                break;
            }

            escaped |= 2UL << mark;
            left &= ~(3UL << mark);
        }

        return escaped;
    }

    private static bool EndsEscaped(ReadOnlySpan<byte> text, int length, bool escaped)
    {
        var backslashes = 0;
        while (backslashes < length && text[length - 1 - backslashes] == (byte)'\\') backslashes++;
        return backslashes == length ? escaped ^ ((backslashes & 1) != 0) : (backslashes & 1) != 0;
    }
}
