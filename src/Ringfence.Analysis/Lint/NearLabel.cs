using System.Buffers;
using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Model;
using Ringfence.Model.Decoding;

namespace Ringfence.Analysis.Lint;

/// <summary>A label that exists and comes nearest to one that a selector asks for in vain.</summary>
/// <param name="Wanted">The requirement that nothing meets.</param>
/// <param name="Key">The key that exists.</param>
/// <param name="Value">Its value.</param>
/// <param name="Holders">Who has it, and meets the selector's other requirements.</param>
/// <param name="IsSlip">Whether it is the only one so near that the other can hardly be anything but a slip of the pen.</param>
internal sealed record NearLabel(Requirement Wanted, string Key, string Value, ImmutableArray<string> Holders, bool IsSlip)
{
    private const int LeastLetters = 3;

    private static readonly SearchValues<char> Separators = SearchValues.Create("-._/");

    /// <summary>Looks for the nearest label; null where nothing comes near.</summary>
    /// <param name="selector">A selector that nothing matches.</param>
    /// <param name="holders">What it could match, with their labels.</param>
    public static NearLabel? Find(LabelSelector selector, IEnumerable<(string Name, LabelSet Labels)> holders)
    {
        var all = holders.ToList();
        foreach (var wanted in selector.Requirements)
        {
            if (wanted.Operator is not (SelectorOperator.In or SelectorOperator.Exists)) continue;
            var fitting = all.FindAll(holder => !wanted.Matches(holder.Labels) && selector.Requirements.All(other => ReferenceEquals(other, wanted) || other.Matches(holder.Labels)));
            if (fitting.Count > 0 && Nearest(wanted, fitting, selector.Requirements.Length > 1) is { } near) return near;
        }

        return null;
    }

    /// <summary>The selector as it was probably meant.</summary>
    public LabelSelector Mend(LabelSelector selector) => new(selector.Requirements.Select(requirement =>
        requirement.Equals(Wanted) ? new Requirement(Key, Wanted.Operator, Wanted.Operator == SelectorOperator.In ? [Value] : []) : requirement));

    /// <summary>The mend as edits of a selector's <c>matchLabels</c>; none where it is not sure, or the requirement cannot be one of them.</summary>
    /// <param name="item">The object.</param>
    /// <param name="path">The selector's field path.</param>
    public ImmutableArray<ManifestEdit> Edits(KubernetesObject item, string path)
    {
        if (!IsSlip || Wanted is not { Operator: SelectorOperator.In, Values.Length: 1 }) return [];
        var label = $"{path}.matchLabels[{Wanted.Key}]";
        var edit = Key == Wanted.Key ? new ManifestEdit(item, EditKind.Set, label, YamlScalars.Write(Value)) : new ManifestEdit(item, EditKind.Rename, label, Key);
        return [edit with { Was = Wanted.Values[0] }];
    }

    /// <summary>The label and who has it: <c>app=chat-ui (x/chat-ui)</c>.</summary>
    public override string ToString() => $"{Key}={Value} ({ChangeText.Some(Holders)})";

    /// <summary>Whether a word can hardly be anything but a misspelling of another: not where numbers or short parts differ, as in <c>team-a</c> and <c>team-b</c>.</summary>
    public static bool IsMisspelling(string word, string of)
    {
        var (wrong, right) = (Parts(word), Parts(of));
        if (string.Concat(wrong).Equals(string.Concat(right), StringComparison.OrdinalIgnoreCase)) return true;
        if (wrong.Count != right.Count) return false;
        foreach (var (left, other) in wrong.Zip(right))
            if (left != other && (left.Length < LeastLetters || other.Length < LeastLetters || left.Length + other.Length <= 2 * LeastLetters
                || left.Concat(other).Any(char.IsAsciiDigit) || Likeness.Nearest(left, [other]) is null)) return false;
        return true;
    }

    private static List<string> Parts(string word)
    {
        var parts = new List<string>();
        var rest = word.AsSpan();
        for (int at; (at = rest.IndexOfAny(Separators)) >= 0; rest = rest[(at + 1)..]) parts.Add(rest[..at].ToString());
        parts.Add(rest.ToString());
        return parts;
    }

    private static NearLabel? Nearest(Requirement wanted, List<(string Name, LabelSet Labels)> fitting, bool othersFit)
    {
        var values = fitting.Select(holder => holder.Labels[wanted.Key]).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var value in wanted.Values)
            if (Likeness.Nearest(value, values) is { } near)
                return Make(wanted.Key, near, IsOnly(value, near, values));

        var pairs = fitting.SelectMany(holder => holder.Labels).Where(pair => wanted.Values.IsEmpty || wanted.Values.Contains(pair.Value)).Distinct().ToList();
        var keys = pairs.Select(pair => pair.Key).Distinct().Order(StringComparer.Ordinal).ToList();
        if (Likeness.Nearest(wanted.Key, keys) is { } key) return Make(key, ValueOf(key), IsOnly(wanted.Key, key, keys));
        if (!wanted.Values.IsEmpty && keys.Count > 0) return Make(keys[0], ValueOf(keys[0]), false);
        return othersFit && values.Count > 0 ? Make(wanted.Key, values[0], false) : null;

        string ValueOf(string key) => pairs.First(pair => pair.Key == key).Value;

        NearLabel Make(string key, string value, bool isSlip) =>
            new(wanted, key, value, [.. fitting.Where(holder => holder.Labels[key] == value).Select(holder => holder.Name).Order(StringComparer.Ordinal)], isSlip);

        static bool IsOnly(string word, string near, List<string> candidates) => IsMisspelling(word, near) && candidates.Count(candidate => IsMisspelling(word, candidate)) == 1;
    }
}
