namespace Ringfence.Dataplane.Rules;

/// <summary>What a set holds: the fields of its keys.</summary>
public enum SetKind
{
    /// <summary><c>ipv4_addr</c>.</summary>
    Ipv4,

    /// <summary><c>ipv6_addr</c>.</summary>
    Ipv6,

    /// <summary><c>ipv4_addr . ipv4_addr</c>.</summary>
    Ipv4Pair,

    /// <summary><c>ipv6_addr . ipv6_addr</c>.</summary>
    Ipv6Pair,

    /// <summary><c>ipv4_addr . inet_proto . inet_service</c>.</summary>
    Ipv4Port,

    /// <summary><c>ipv6_addr . inet_proto . inet_service</c>.</summary>
    Ipv6Port,

    /// <summary><c>ifname</c>, 16 bytes.</summary>
    Interface,

    /// <summary><c>ifname . ipv4_addr</c>.</summary>
    InterfaceIpv4,

    /// <summary><c>ifname . ipv6_addr</c>.</summary>
    InterfaceIpv6,

    /// <summary><c>inet_service</c>.</summary>
    Port,

    /// <summary><c>icmpv6_type</c>.</summary>
    Icmpv6Type,
}

/// <summary>An element of a set or verdict map.</summary>
/// <param name="Key">The key; of an interval its first key.</param>
/// <param name="Last">The last key of an interval, itself included; equals <paramref name="Key"/> elsewhere.</param>
/// <param name="Chain">The chain that a verdict map jumps to; null in sets.</param>
public readonly record struct SetElement(ElementKey Key, ElementKey Last, string? Chain)
{
    /// <summary>An element of a plain set.</summary>
    public SetElement(ElementKey key)
        : this(key, key, null)
    {
    }
}

/// <summary>A named set or verdict map.</summary>
/// <param name="Name">Its name, unique in the table; at most 31 characters, letters, digits and <c>_</c>.</param>
/// <param name="Kind">What its keys are.</param>
/// <param name="IsInterval">Whether elements are ranges (<c>flags interval</c>). Ranges neither overlap nor touch.</param>
/// <param name="IsVerdictMap">Whether each key has a chain to jump to.</param>
/// <param name="Elements">The elements in rising order of their keys, without repeats.</param>
public sealed record KernelSet(string Name, SetKind Kind, bool IsInterval, bool IsVerdictMap, ElementList Elements)
{
    /// <summary>Equal by content.</summary>
    public bool Equals(KernelSet? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Name == other.Name && Kind == other.Kind && IsInterval == other.IsInterval && IsVerdictMap == other.IsVerdictMap
            && Elements.Equals(other.Elements));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Kind, Elements.Length);
}
