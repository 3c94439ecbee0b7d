using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>
/// Patterns as the API server reads them (RE2): matched in time that grows with the text alone, without looking around or back.
/// </summary>
/// <remarks>https://github.com/google/re2/wiki/Syntax</remarks>
internal static class GoPattern
{
    // As RE2 has it, also for repetitions within repetitions.
    private const int MostRepetitions = 1000;
    private const int MostInAll = 10_000;
    private const int MostCharacters = 16 << 10;

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="fault">What is wrong with it; empty where nothing is.</param>
    /// <returns>Null where it is wrong.</returns>
    public static Regex? TryRead(string pattern, out string fault)
    {
        fault = "";
        if (pattern.Length > MostCharacters)
        {
            fault = $"expression is longer than {MostCharacters} characters";
            return null;
        }

        try
        {
            var translated = Translate(pattern);
            if (translated is not null) return new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            fault = $"invalid repeat count: more than {MostRepetitions}, or {MostInAll} in all";
        }
        catch (ArgumentException problem)
        {
            fault = problem.Message;
        }
        catch (NotSupportedException)
        {
            fault = "invalid or unsupported Perl syntax: no looking around, no references back";
        }

        return null;
    }

    /// <summary>The pattern in .NET's words; null where it repeats too often.</summary>
    private static string? Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 8);
        // How often what is open may be repeated by what it holds; a group's own repetition comes after it.
        var open = new Stack<int>([1]);
        var (last, all) = (1, 0);
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\' when i + 1 < pattern.Length:
                    text.Append(Escape(pattern[++i], isInClass: false));
                    last = 1;
                    break;
                case '[':
                    i = Class(pattern, i, text);
                    last = 1;
                    break;
                case '(':
                    open.Push(1);
                    text.Append('(');
                    if (string.CompareOrdinal(pattern, i, "(?P<", 0, 4) == 0)
                    {
                        text.Append("?<");
                        i += 3;
                    }

                    break;
                case ')' when open.Count > 1:
                    last = open.Pop();
                    open.Push(Math.Max(open.Pop(), last));
                    text.Append(')');
                    break;
                // .NET's also stands before a last line's end.
                case '$':
                    text.Append(@"\z");
                    break;
                case '{' when Repetitions(pattern, i) is var (times, end):
                    if (times > MostRepetitions) return null;
                    last *= Math.Max(times, 1);
                    all += last;
                    if (last > MostRepetitions || all > MostInAll) return null;
                    open.Push(Math.Max(open.Pop(), last));
                    text.Append(pattern, i, end - i + 1);
                    i = end;
                    break;
                default:
                    text.Append(pattern[i]);
                    if (pattern[i] is not ('?' or '*' or '+')) last = 1;
                    break;
            }
        }

        return text.ToString();
    }

    private static int Class(string pattern, int start, StringBuilder text)
    {
        text.Append('[');
        var i = start + 1;
        if (i < pattern.Length && pattern[i] == '^') text.Append(pattern[i++]);
        for (var first = i; i < pattern.Length && (pattern[i] != ']' || i == first); i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
            {
                text.Append(Escape(pattern[++i], isInClass: true));
            }
            else if (pattern[i] == '[' && Named(pattern, i) is var (members, end))
            {
                text.Append(members);
                i = end;
            }
            else
            {
                // A bracket here is itself; .NET would take away what follows a hyphen.
                text.Append(pattern[i] is '[' or ']' ? $@"\{pattern[i]}" : pattern[i].ToString());
            }
        }

        if (i < pattern.Length) text.Append(']');
        return i;
    }

    // What is known by a letter is of ASCII alone.
    private static string Escape(char letter, bool isInClass) => (letter, isInClass) switch
    {
        ('d', true) => "0-9",
        ('w', true) => "0-9A-Za-z_",
        ('s', true) => @"\t\n\f\r ",
        ('d', false) => "[0-9]",
        ('w', false) => "[0-9A-Za-z_]",
        ('s', false) => @"[\t\n\f\r ]",
        ('D', false) => "[^0-9]",
        ('W', false) => "[^0-9A-Za-z_]",
        ('S', false) => @"[^\t\n\f\r ]",
        _ => $@"\{letter}",
    };

    private static (string Members, int End)? Named(string pattern, int start)
    {
        foreach (var (name, members) in ((string, string)[])[
            ("[:alnum:]", "0-9A-Za-z"), ("[:alpha:]", "A-Za-z"), ("[:digit:]", "0-9"), ("[:lower:]", "a-z"), ("[:upper:]", "A-Z"),
            ("[:xdigit:]", "0-9A-Fa-f"), ("[:space:]", @"\t\n\v\f\r "), ("[:word:]", "0-9A-Za-z_"), ("[:punct:]", @"!-/:-@\[-`{-~")])
            if (string.CompareOrdinal(pattern, start, name, 0, name.Length) == 0) return (members, start + name.Length - 1);
        return null;
    }

    /// <summary>The most of <c>{N}</c>, <c>{N,}</c> or <c>{N,M}</c>, and where it ends; null where the brace is none of them.</summary>
    private static (int Most, int End)? Repetitions(string pattern, int start)
    {
        var end = pattern.IndexOf('}', start);
        if (end < 0) return null;
        var most = 0;
        var bounds = pattern[(start + 1)..end].Split(',');
        if (bounds.Length > 2) return null;
        foreach (var bound in bounds)
        {
            if (bound.Length == 0 && bounds.Length == 2 && bounds[0].Length > 0) continue;
            if (bound.Length == 0 || !bound.All(char.IsAsciiDigit)) return null;
            most = Math.Max(most, int.TryParse(bound, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue);
        }

        return (most, end);
    }
}
