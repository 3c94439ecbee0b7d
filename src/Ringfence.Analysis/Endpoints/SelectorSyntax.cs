using Ringfence.Model;

namespace Ringfence.Analysis.Endpoints;

/// <summary>Reads label selectors as kubectl's <c>-l</c> has them: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k</c>.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#list-and-watch-filtering</remarks>
public static class SelectorSyntax
{
    /// <summary>Reads a selector; empty text selects everything.</summary>
    /// <exception cref="InputException">The text is no selector.</exception>
    public static LabelSelector Parse(string text) =>
        string.IsNullOrWhiteSpace(text) ? LabelSelector.Everything : new LabelSelector(Split(text).Select(part => Requirement(part.Trim(), text)));

    // Commas inside parentheses separate values, not requirements.
    private static IEnumerable<string> Split(string text)
    {
        var depth = 0;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '(') depth++;
            if (text[i] == ')') depth--;
            if (text[i] != ',' || depth > 0) continue;
            yield return text[start..i];
            start = i + 1;
        }

        yield return text[start..];
    }

    private static Requirement Requirement(string part, string whole)
    {
        if (part.StartsWith('!')) return new Requirement(Key(part[1..].Trim(), whole), SelectorOperator.DoesNotExist, []);
        foreach (var (sign, @operator) in Comparisons)
            if (part.IndexOf(sign, StringComparison.Ordinal) is >= 0 and var at)
                return new Requirement(Key(part[..at].Trim(), whole), @operator, [Value(part[(at + sign.Length)..].Trim(), whole)]);

        var words = part.Split((char[])[' ', '\t', '('], 2, StringSplitOptions.TrimEntries);
        if (words.Length == 1) return new Requirement(Key(part, whole), SelectorOperator.Exists, []);
        var rest = part[words[0].Length..].Trim();
        foreach (var (word, @operator) in (ReadOnlySpan<(string, SelectorOperator)>)[("in", SelectorOperator.In), ("notin", SelectorOperator.NotIn)])
        {
            if (!rest.StartsWith(word, StringComparison.Ordinal)) continue;
            var list = rest[word.Length..].Trim();
            if (list is not ['(', .., ')']) continue;
            return new Requirement(Key(words[0], whole), @operator, [.. list[1..^1].Split(',').Select(value => Value(value.Trim(), whole))]);
        }

        throw Unreadable(whole, $"'{part}' is neither key, !key, key=value, key!=value, key in (…) nor key notin (…)");
    }

    private static readonly (string Sign, SelectorOperator Operator)[] Comparisons =
        [("!=", SelectorOperator.NotIn), ("==", SelectorOperator.In), ("=", SelectorOperator.In)];

    private static string Key(string key, string whole)
    {
        var name = key[(key.IndexOf('/') + 1)..];
        return name.Length is > 0 and <= 63 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/')
            ? key
            : throw Unreadable(whole, $"'{key}' is not a label key");
    }

    private static string Value(string value, string whole) =>
        value.Length <= 63 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? value
            : throw Unreadable(whole, $"'{value}' is not a label value");

    private static InputException Unreadable(string whole, string why) => new($"cannot read the selector '{whole}': {why}");
}
