using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Ringfence.Model;

/// <summary>
/// An immutable set of labels (or annotations): keys are unique and kept in ordinal order. Equal by content; the hash is computed once.
/// </summary>
public sealed class LabelSet : IEquatable<LabelSet>, IReadOnlyCollection<KeyValuePair<string, string>>
{
    /// <summary>No labels.</summary>
    public static readonly LabelSet Empty = new([]);

    // Key and value alternate: one array, one cache line for a few labels.
    private readonly string[] _pairs;
    private readonly int _hash;

    private LabelSet(string[] pairs)
    {
        _pairs = pairs;
        var hash = new HashCode();
        foreach (var text in pairs) hash.Add(text);
        _hash = hash.ToHashCode();
    }

    /// <summary>Number of labels.</summary>
    public int Count => _pairs.Length / 2;

    /// <summary>Keys and values in turn (key, value, key, value, …), ordered by key.</summary>
    public ReadOnlySpan<string> Pairs => _pairs;

    /// <summary>The value of <paramref name="key"/>, or null where the key is absent.</summary>
    public string? this[string key] => TryGet(key, out var value) ? value : null;

    /// <summary>Builds a set; of a repeated key the last value wins.</summary>
    public static LabelSet Create(IEnumerable<KeyValuePair<string, string>> labels)
    {
        var given = labels as IReadOnlyList<KeyValuePair<string, string>> ?? [.. labels];
        if (IsSorted(given)) return InOrder(given);
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in given) sorted[key] = value;
        return InOrder([.. sorted]);
    }

    private static bool IsSorted(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        for (var i = 1; i < labels.Count; i++)
            if (string.CompareOrdinal(labels[i - 1].Key, labels[i].Key) >= 0) return false;
        return true;
    }

    private static LabelSet InOrder(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        if (labels.Count == 0) return Empty;
        var pairs = new string[labels.Count * 2];
        for (var i = 0; i < labels.Count; i++) (pairs[2 * i], pairs[(2 * i) + 1]) = (labels[i].Key, labels[i].Value);
        return new LabelSet(pairs);
    }

    /// <summary>Builds a set from key and value in turn; of a repeated key the last value wins.</summary>
    public static LabelSet Of(params ReadOnlySpan<string> pairs)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pairs.Length % 2, 0, nameof(pairs));
        if (pairs.IsEmpty) return Empty;
        for (var i = 2; i < pairs.Length; i += 2)
            if (string.CompareOrdinal(pairs[i - 2], pairs[i]) >= 0)
            {
                var list = new List<KeyValuePair<string, string>>(pairs.Length / 2);
                for (var j = 0; j < pairs.Length; j += 2) list.Add(new(pairs[j], pairs[j + 1]));
                return Create(list);
            }

        return new LabelSet(pairs.ToArray());
    }

    /// <summary>A copy with one label set.</summary>
    public LabelSet With(string key, string value) => Create(this.Append(new(key, value)));

    /// <summary>Whether <paramref name="key"/> is present, and its value.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out string? value)
    {
        for (var i = 0; i < _pairs.Length; i += 2)
            if (_pairs[i] == key)
            {
                value = _pairs[i + 1];
                return true;
            }

        value = null;
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(LabelSet? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && _pairs.AsSpan().SequenceEqual(other._pairs));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelSet);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        for (var i = 0; i < _pairs.Length; i += 2) yield return new(_pairs[i], _pairs[i + 1]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>kubectl's form: <c>a=b,c=d</c>.</summary>
    public override string ToString() => string.Join(',', this.Select(pair => $"{pair.Key}={pair.Value}"));
}
