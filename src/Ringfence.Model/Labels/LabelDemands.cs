using System.Collections.Immutable;

namespace Ringfence.Model;

/// <summary>
/// What a label selector demands of each key, its requirements on one key taken together. Equal for selectors that the same labels
/// satisfy, however they are written: <c>a=1</c> and <c>a in (1,2),a notin (2)</c> are.
/// </summary>
public sealed class LabelDemands : IEquatable<LabelDemands>
{
    private readonly ImmutableSortedDictionary<string, Demand> _demands;

    private LabelDemands(ImmutableSortedDictionary<string, Demand> demands) => _demands = demands;

    /// <summary>False where no labels at all can satisfy it, as with <c>a=1,a=2</c>.</summary>
    public bool CanBeMet => !_demands.Values.Any(demand => demand.IsImpossible);

    /// <summary>The keys that must be there with one of some values, in ordinal order, and these values.</summary>
    public IEnumerable<(string Key, ImmutableArray<string> Values)> Choices =>
        _demands.Where(pair => pair.Value is { MayBeAbsent: false, Excludes: false }).Select(pair => (pair.Key, pair.Value.Values));

    /// <summary>The demands of a selector.</summary>
    public static LabelDemands Of(LabelSelector selector)
    {
        var demands = ImmutableSortedDictionary.CreateBuilder<string, Demand>(StringComparer.Ordinal);
        foreach (var requirement in selector.Requirements)
        {
            var demand = Demand.Of(requirement);
            demands[requirement.Key] = demands.TryGetValue(requirement.Key, out var before) ? before.And(demand) : demand;
        }

        return new(demands.ToImmutable());
    }

    /// <summary>Whether all labels that satisfy this satisfy <paramref name="other"/> too.</summary>
    public bool Implies(LabelDemands other) =>
        other._demands.All(pair => _demands.TryGetValue(pair.Key, out var own) && own.Implies(pair.Value)) || !CanBeMet;

    /// <summary>Whether <paramref name="labels"/> satisfy it.</summary>
    public bool AreMetBy(LabelSet labels) => _demands.All(pair => pair.Value.IsMetBy(labels[pair.Key]));

    /// <summary>The value that a key must have; null where it may be absent or have several.</summary>
    public string? OnlyValue(string key) =>
        _demands.TryGetValue(key, out var demand) && demand is { MayBeAbsent: false, Excludes: false, Values: [var only] } ? only : null;

    /// <inheritdoc/>
    public bool Equals(LabelDemands? other) => other is not null && (CanBeMet
        ? _demands.SequenceEqual(other._demands)
        : !other.CanBeMet);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelDemands);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        if (!CanBeMet) return hash.ToHashCode();
        foreach (var (key, demand) in _demands)
        {
            hash.Add(key);
            hash.Add(demand);
        }

        return hash.ToHashCode();
    }

    /// <summary>What one key may be: absent or not, and one of some values, or any but some.</summary>
    private readonly record struct Demand(bool MayBeAbsent, bool Excludes, ImmutableArray<string> Values)
    {
        public bool IsImpossible => !MayBeAbsent && !Excludes && Values.IsEmpty;

        public static Demand Of(Requirement requirement) => requirement.Operator switch
        {
            SelectorOperator.In => new(MayBeAbsent: false, Excludes: false, requirement.Values),
            SelectorOperator.NotIn => new(MayBeAbsent: true, Excludes: true, requirement.Values),
            SelectorOperator.Exists => new(MayBeAbsent: false, Excludes: true, []),
            _ => new(MayBeAbsent: true, Excludes: false, []),
        };

        public bool IsMetBy(string? value) => value is null ? MayBeAbsent : Values.Contains(value) != Excludes;

        // Values stay in ordinal order, as requirements have them.
        public Demand And(Demand other) => (Excludes, other.Excludes) switch
        {
            (true, true) => new(MayBeAbsent && other.MayBeAbsent, true, [.. Values.Union(other.Values).Order(StringComparer.Ordinal)]),
            (true, false) => new(MayBeAbsent && other.MayBeAbsent, false, [.. other.Values.Except(Values)]),
            (false, true) => new(MayBeAbsent && other.MayBeAbsent, false, [.. Values.Except(other.Values)]),
            _ => new(MayBeAbsent && other.MayBeAbsent, false, [.. Values.Intersect(other.Values)]),
        };

        public bool Implies(Demand other) => (!MayBeAbsent || other.MayBeAbsent) && (Excludes, other.Excludes) switch
        {
            (true, true) => other.Values.All(Values.Contains),
            (true, false) => false,
            (false, true) => !Values.Any(other.Values.Contains),
            _ => Values.All(other.Values.Contains),
        };

        public bool Equals(Demand other) =>
            MayBeAbsent == other.MayBeAbsent && Excludes == other.Excludes && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(MayBeAbsent);
            hash.Add(Excludes);
            foreach (var value in Values) hash.Add(value, StringComparer.Ordinal);
            return hash.ToHashCode();
        }
    }
}
