using System.Buffers.Binary;

namespace Ringfence.Dataplane.Rules;

/// <summary>
/// The key of a set element as the kernel's registers have it: the bytes of its fields in network order, each field padded to four bytes with
/// zeros. At most 32 bytes (an interface name and an IPv6 address). Ordered as bytes, so keys of one kind of set sort by their fields.
/// </summary>
public readonly record struct ElementKey : IComparable<ElementKey>
{
    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>A key of these bytes.</summary>
    /// <param name="bytes">1 to 32 bytes; a last field that is not padded is padded.</param>
    public ElementKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 32) throw new ArgumentException("a key has at most 32 bytes", nameof(bytes));
        Span<byte> padded = stackalloc byte[32];
        padded.Clear();
        bytes.CopyTo(padded);
        Length = (byte)((bytes.Length + 3) & ~3);
        _a = BinaryPrimitives.ReadUInt64BigEndian(padded);
        _b = BinaryPrimitives.ReadUInt64BigEndian(padded[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(padded[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(padded[24..]);
    }

    /// <summary>Number of bytes, a multiple of four.</summary>
    public byte Length { get; }

    /// <summary>Writes the bytes.</summary>
    /// <param name="destination">At least 32 bytes; the first <see cref="Length"/> are the key.</param>
    public ReadOnlySpan<byte> Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
        return destination[..Length];
    }

    /// <inheritdoc/>
    public int CompareTo(ElementKey other) => _a != other._a ? _a.CompareTo(other._a)
        : _b != other._b ? _b.CompareTo(other._b)
        : _c != other._c ? _c.CompareTo(other._c)
        : _d != other._d ? _d.CompareTo(other._d)
        : Length.CompareTo(other.Length);

    /// <summary>Whether <paramref name="left"/> comes first.</summary>
    public static bool operator <(ElementKey left, ElementKey right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes last.</summary>
    public static bool operator >(ElementKey left, ElementKey right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not come last.</summary>
    public static bool operator <=(ElementKey left, ElementKey right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not come first.</summary>
    public static bool operator >=(ElementKey left, ElementKey right) => left.CompareTo(right) >= 0;
}
