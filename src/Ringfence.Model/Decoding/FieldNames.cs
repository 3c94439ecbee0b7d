using System.Collections.Frozen;
using System.Text;

namespace Ringfence.Model.Decoding;

/// <summary>The fields that a type of an API has.</summary>
public sealed class FieldNames
{
    private readonly string[] _names;
    private readonly FrozenSet<string> _set;
    private readonly (ulong Hash, byte[] Name, int Index)[] _table;
    private readonly Dictionary<string, string> _advice = new(StringComparer.Ordinal);

    /// <summary>Names separated by spaces.</summary>
    public FieldNames(string names)
    {
        _names = names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _set = _names.ToFrozenSet(StringComparer.Ordinal);
        _table = new (ulong, byte[], int)[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_names.Length * 4)];
        for (var i = 0; i < _names.Length; i++)
        {
            var name = Encoding.ASCII.GetBytes(_names[i]);
            var hash = Utf8Texts.Hash(name);
            var at = (int)hash & (_table.Length - 1);
            while (_table[at].Name is not null) at = (at + 1) & (_table.Length - 1);
            _table[at] = (hash, name, i);
        }
    }

    /// <summary>The name with this number.</summary>
    public string this[int index] => _names[index];

    /// <summary>The number of a name given in UTF-8; -1 where it is not among these.</summary>
    public int IndexOf(ReadOnlySpan<byte> name)
    {
        var hash = Utf8Texts.Hash(name);
        for (var at = (int)hash & (_table.Length - 1); _table[at].Name is { } known; at = (at + 1) & (_table.Length - 1))
            if (_table[at].Hash == hash && name.SequenceEqual(known)) return _table[at].Index;
        return -1;
    }

    /// <summary>Says where a field belongs that people often write at this place.</summary>
    public FieldNames Advise(string field, string advice)
    {
        _advice.Add(field, advice);
        return this;
    }

    /// <summary>Whether a name is among these.</summary>
    public bool Contains(string name) => _set.Contains(name);

    /// <summary>What to do about a field that is not among these.</summary>
    public string Suggest(string unknown)
    {
        if (_advice.TryGetValue(unknown, out var advice)) return advice;
        if (Spelling.Nearest(unknown, _names) is { } meant) return $"did you mean \"{meant}\"?";
        return _names.Length <= 8 ? $"known here: {string.Join(", ", _names)}" : "remove it, or check its indentation";
    }
}
