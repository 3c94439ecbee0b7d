using System.Collections.Frozen;

namespace Ringfence.Model.Decoding;

/// <summary>The fields that a type of the Kubernetes API has.</summary>
internal sealed class FieldNames
{
    private readonly string[] _names;
    private readonly FrozenSet<string> _set;
    private readonly Dictionary<string, string> _advice = new(StringComparer.Ordinal);

    public FieldNames(string names)
    {
        _names = names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _set = _names.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Says where a field belongs that people often write at this place.</summary>
    public FieldNames Advise(string field, string advice)
    {
        _advice.Add(field, advice);
        return this;
    }

    public bool Contains(string name) => _set.Contains(name);

    /// <summary>What to do about a field that is not among these.</summary>
    public string Suggest(string unknown)
    {
        if (_advice.TryGetValue(unknown, out var advice)) return advice;
        if (Spelling.Nearest(unknown, _names) is { } meant) return $"did you mean \"{meant}\"?";
        return _names.Length <= 8 ? $"known here: {string.Join(", ", _names)}" : "remove it, or check its indentation";
    }
}
