using System.Collections.Immutable;

namespace Ringfence.Dataplane.Rules;

/// <summary>
/// All that a node's table <c>inet ringfence</c> holds: pure data, made by the compiler, written as text and put into the kernel. Names of sets
/// and chains say what they are for; a chain below the base chain never changes its rules, a changed ruleset is a chain with another name.
/// </summary>
/// <param name="Sets">Sets and verdict maps by name.</param>
/// <param name="Chains">Chains by name.</param>
/// <param name="Counters">Names of counters.</param>
public sealed record NodeRules(
    ImmutableSortedDictionary<string, KernelSet> Sets,
    ImmutableSortedDictionary<string, Chain> Chains,
    ImmutableSortedSet<string> Counters)
{
    /// <summary>The table's name; its family is <c>inet</c>.</summary>
    public const string Table = "ringfence";

    /// <summary>The nflog group of denied connections.</summary>
    public const ushort DeniedGroup = 10;

    /// <summary>The nflog group of allowed connections.</summary>
    public const ushort AllowedGroup = 11;

    /// <summary>An empty table.</summary>
    public static readonly NodeRules Empty = new(
        ImmutableSortedDictionary.Create<string, KernelSet>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, Chain>(StringComparer.Ordinal),
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal));

    /// <summary>What these rules were made from, where that is known.</summary>
    internal RulesOrigin? Origin { get; init; }

    /// <summary>Equal by content.</summary>
    public bool Equals(NodeRules? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Sets.Values.SequenceEqual(other.Sets.Values) && Chains.Values.SequenceEqual(other.Chains.Values) && Counters.SetEquals(other.Counters));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Sets.Count, Chains.Count, Counters.Count);
}
