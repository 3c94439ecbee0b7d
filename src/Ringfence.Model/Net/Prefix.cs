using System.Collections.Immutable;
using System.Globalization;

namespace Ringfence.Model;

/// <summary>A CIDR block. Bits beyond the length are zero.</summary>
public readonly record struct Prefix
{
    /// <summary>The block of <paramref name="length"/> bits that holds <paramref name="address"/>; bits beyond the length are cleared.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or more than the family has bits.</exception>
    public Prefix(Address address, int length)
    {
        var bits = Model.Address.Bits(address.Family);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, bits);
        Length = length;
        Address = address.WithLast(bits - length, ones: false);
    }

    /// <summary>The first address.</summary>
    public Address Address { get; }

    /// <summary>Length in bits: 0–32 or 0–128.</summary>
    public int Length { get; }

    /// <summary>The family.</summary>
    public IpFamily Family => Address.Family;

    /// <summary>The first address of the block.</summary>
    public Address First => Address;

    /// <summary>The last address of the block.</summary>
    public Address Last => Address.WithLast(Model.Address.Bits(Family) - Length, ones: true);

    /// <summary>Reads <c>address/length</c>; host bits are cleared.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Prefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/');
        if (slash < 0 || !Model.Address.TryParse(text[..slash], out var address)) return false;
        if (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var length)) return false;
        if (length > Model.Address.Bits(address.Family)) return false;
        prefix = new Prefix(address, length);
        return true;
    }

    /// <summary>Reads <c>address/length</c>.</summary>
    /// <exception cref="FormatException">The text is not a CIDR block.</exception>
    public static Prefix Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var prefix) ? prefix : throw new FormatException($"'{text}' is not a CIDR block");

    /// <summary>Whether the block holds <paramref name="address"/>.</summary>
    public bool Contains(Address address) => address.Family == Family && First <= address && address <= Last;

    /// <summary>Canonical text.</summary>
    public override string ToString() => $"{Address}/{Length}";
}

/// <summary>An <c>ipBlock</c>: a CIDR without its exceptions.</summary>
/// <param name="Cidr">The block.</param>
/// <param name="Except">Blocks inside it that do not belong, in the order written.</param>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors</remarks>
public sealed record IpBlock(Prefix Cidr, ImmutableArray<Prefix> Except)
{
    /// <summary>Whether the block, less its exceptions, holds <paramref name="address"/>.</summary>
    public bool Contains(Address address)
    {
        if (!Cidr.Contains(address)) return false;
        foreach (var except in Except)
            if (except.Contains(address)) return false;
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(IpBlock? other) =>
        other is not null && Cidr == other.Cidr && Except.AsSpan().SequenceEqual(other.Except.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Cidr, Except.Length, Except.Length > 0 ? Except[0] : default);

    /// <summary><c>10.0.0.0/8</c> or <c>10.0.0.0/8 except 10.1.0.0/16,10.2.0.0/16</c>.</summary>
    public override string ToString() => Except.IsEmpty ? Cidr.ToString() : $"{Cidr} except {string.Join(',', Except)}";
}
