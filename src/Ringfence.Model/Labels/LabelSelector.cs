using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Ringfence.Model;

/// <summary>The four operators of a label selector.</summary>
public enum SelectorOperator
{
    /// <summary>The key is present with one of the values.</summary>
    In,

    /// <summary>The key is absent, or has none of the values.</summary>
    NotIn,

    /// <summary>The key is present.</summary>
    Exists,

    /// <summary>The key is absent.</summary>
    DoesNotExist,
}

/// <summary>One requirement of a label selector. <c>matchLabels</c> entries are requirements with <see cref="SelectorOperator.In"/> and one value.</summary>
/// <param name="Key">The label key.</param>
/// <param name="Operator">How the label is compared.</param>
/// <param name="Values">The values, in ordinal order, without repeats; empty for Exists and DoesNotExist.</param>
/// <remarks>https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements</remarks>
public sealed record Requirement(string Key, SelectorOperator Operator, ImmutableArray<string> Values)
{
    /// <summary>Whether <paramref name="labels"/> satisfy this requirement. NotIn and DoesNotExist hold for an absent key.</summary>
    public bool Matches(LabelSet labels)
    {
        var present = labels.TryGet(Key, out var value);
        return Operator switch
        {
            SelectorOperator.In => present && Values.Contains(value!),
            SelectorOperator.NotIn => !present || !Values.Contains(value!),
            SelectorOperator.Exists => present,
            _ => !present,
        };
    }

    /// <inheritdoc/>
    public bool Equals(Requirement? other) =>
        other is not null && Operator == other.Operator && Key == other.Key && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Key);
        hash.Add(Operator);
        foreach (var value in Values) hash.Add(value);
        return hash.ToHashCode();
    }

    /// <summary>kubectl's form: <c>k=v</c>, <c>k in (a,b)</c>, <c>k notin (a,b)</c>, <c>k</c>, <c>!k</c>.</summary>
    public override string ToString() => Operator switch
    {
        SelectorOperator.In when Values.Length == 1 => $"{Key}={Values[0]}",
        SelectorOperator.In => $"{Key} in ({string.Join(',', Values)})",
        SelectorOperator.NotIn => $"{Key} notin ({string.Join(',', Values)})",
        SelectorOperator.Exists => Key,
        _ => $"!{Key}",
    };
}

/// <summary>
/// A valid label selector: all requirements must hold. Without requirements it matches everything. Equal by content, whatever the
/// order in which it was written.
/// </summary>
public sealed class LabelSelector : IEquatable<LabelSelector>
{
    /// <summary>The empty selector, <c>{}</c>: matches everything.</summary>
    public static readonly LabelSelector Everything = new([]);

    private readonly int _hash;

    /// <summary>Builds a selector; the requirements are put in a canonical order and repeats dropped.</summary>
    public LabelSelector(IEnumerable<Requirement> requirements)
    {
        var given = requirements.ToArray();
        Requirements = IsCanonical(given) ? ImmutableCollectionsMarshal.AsImmutableArray(given) :
        [
            .. given
                .Select(r => r with { Values = [.. r.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] })
                .Distinct()
                .OrderBy(r => r.Key, StringComparer.Ordinal)
                .ThenBy(r => r.Operator)
                .ThenBy(r => string.Join(',', r.Values), StringComparer.Ordinal),
        ];
        var hash = new HashCode();
        foreach (var requirement in Requirements) hash.Add(requirement);
        _hash = hash.ToHashCode();
    }

    /// <summary>The requirements, in canonical order.</summary>
    public ImmutableArray<Requirement> Requirements { get; }

    /// <summary>True for <c>{}</c>.</summary>
    public bool IsEverything => Requirements.IsEmpty;

    /// <summary>A selector that requires one label value, as <c>matchLabels</c> does.</summary>
    public static LabelSelector Label(string key, string value) => new([new Requirement(key, SelectorOperator.In, [value])]);

    private static bool IsCanonical(Requirement[] requirements)
    {
        for (var i = 0; i < requirements.Length; i++)
        {
            if (i > 0 && string.CompareOrdinal(requirements[i - 1].Key, requirements[i].Key) >= 0) return false;
            var values = requirements[i].Values;
            for (var j = 1; j < values.Length; j++)
                if (string.CompareOrdinal(values[j - 1], values[j]) >= 0) return false;
        }

        return true;
    }

    /// <summary>Whether all requirements hold for <paramref name="labels"/>.</summary>
    public bool Matches(LabelSet labels)
    {
        foreach (var requirement in Requirements)
            if (!requirement.Matches(labels)) return false;
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(LabelSelector? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && Requirements.AsSpan().SequenceEqual(other.Requirements.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelSelector);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>kubectl's form, requirements joined by commas; <c>{}</c> for the empty selector.</summary>
    public override string ToString() => IsEverything ? "{}" : string.Join(',', Requirements);
}
