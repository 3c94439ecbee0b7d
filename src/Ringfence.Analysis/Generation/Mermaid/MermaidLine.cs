using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ringfence.Analysis.Generation.Mermaid;

/// <summary>An arrow between nodes.</summary>
/// <param name="Label">What stands at it; null where nothing does.</param>
/// <param name="Forward">Whether it points on.</param>
/// <param name="Backward">Whether it points back.</param>
internal readonly record struct MermaidLink(string? Label, bool Forward, bool Backward);

/// <summary>Reads one line of a flowchart from left to right.</summary>
internal sealed partial class MermaidLine(string text)
{
    // The longest first, for one begins another.
    private static readonly (string Open, string[] Close)[] Shapes =
    [
        ("(((", [")))"]), ("([", ["])"]), ("[[", ["]]"]), ("[(", [")]"]), ("((", ["))"]), ("{{", ["}}"]), ("[/", ["/]", "\\]"]), ("[\\", ["\\]", "/]"]),
        ("[", ["]"]), ("(", [")"]), ("{", ["}"]), (">", ["]"]),
    ];

    private int _at;

    /// <summary>Whether nothing but spaces is left.</summary>
    public bool IsAtEnd
    {
        get
        {
            SkipSpace();
            return _at >= text.Length;
        }
    }

    /// <summary>The title of a subgraph: <c>id[title]</c>, <c>"title"</c> or words.</summary>
    public static string Title(string text)
    {
        var open = text.IndexOf('[');
        return open > 0 && text.EndsWith(']') ? Decode(text[(open + 1)..^1]) : Decode(text);
    }

    /// <summary>Reads one character where it comes next.</summary>
    public bool TryRead(char c)
    {
        SkipSpace();
        if (_at >= text.Length || text[_at] != c) return false;
        _at++;
        return true;
    }

    /// <summary>Reads the end of a statement.</summary>
    public void EndStatement()
    {
        if (!IsAtEnd && !TryRead(';')) throw Unreadable("an arrow");
    }

    /// <summary>Reads a node, and what is written in it.</summary>
    public (string Id, string? Text) ReadNode()
    {
        SkipSpace();
        var start = _at;
        while (_at < text.Length && !EndsId()) _at++;
        if (_at == start) throw Unreadable("a node");
        var id = text[start.._at];
        var shown = ReadShape();
        if (Rest.StartsWith(":::", StringComparison.Ordinal))
            for (_at += 3; _at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_'); _at++) { }
        return (id, shown);
    }

    /// <summary>Reads an arrow; null where none comes next.</summary>
    public MermaidLink? ReadArrow()
    {
        SkipSpace();
        var match = Arrow().Match(text, _at);
        if (!match.Success) return null;
        _at += match.Length;
        var backward = match.Groups["back"].Success;
        var (line, head) = (match.Groups["line"].Value, match.Groups["head"].Value);
        string? label = null;
        if (line[0] == '~') return new MermaidLink(null, false, false);
        // Two strokes without a head are the first half of an arrow with words in it.
        if (head.Length == 0 && line is "--" or "==" or "-.")
        {
            var end = (line switch { "--" => AfterWords(), "==" => AfterThickWords(), _ => AfterDottedWords() }).Match(text, AfterQuotes());
            if (!end.Success) throw Unreadable("the rest of an arrow");
            label = Decode(text[_at..end.Index]);
            head = end.Groups["head"].Value;
            _at = end.Index + end.Length;
        }

        if (TryRead('|'))
        {
            SkipSpace();
            var close = text.IndexOf('|', AfterQuotes());
            if (close < 0) throw Unreadable("a closing |");
            label = Decode(text[_at..close]);
            _at = close + 1;
        }

        return head == ">" ? new MermaidLink(label, true, backward)
            : throw new InputException($"a line without an arrow head says nothing of who asks whom: '{text}'", "Draw a --> b.");
    }

    private ReadOnlySpan<char> Rest => text.AsSpan(_at);

    private bool EndsId()
    {
        var rest = Rest;
        return char.IsWhiteSpace(rest[0]) || "[({>&;@|<".Contains(rest[0])
            || rest.StartsWith(":::", StringComparison.Ordinal) || rest.StartsWith("--", StringComparison.Ordinal) || rest.StartsWith("-.", StringComparison.Ordinal)
            || rest.StartsWith("==", StringComparison.Ordinal) || rest.StartsWith("~~~", StringComparison.Ordinal);
    }

    private string? ReadShape()
    {
        if (_at >= text.Length) return null;
        if (Attributes().Match(text, _at) is { Success: true } attributes)
        {
            _at += attributes.Length;
            return attributes.Groups["label"] is { Success: true } label ? Decode(label.Value) : null;
        }

        foreach (var (open, close) in Shapes)
        {
            if (!Rest.StartsWith(open, StringComparison.Ordinal)) continue;
            var inside = _at + open.Length;
            _at = inside;
            var from = AfterQuotes();
            var ends = close.Select(mark => (Mark: mark, At: text.IndexOf(mark, from, StringComparison.Ordinal))).Where(end => end.At >= 0).ToList();
            if (ends.Count == 0) throw Unreadable($"a closing {close[0]}");
            var (closing, at) = ends.MinBy(end => end.At);
            _at = at + closing.Length;
            return Decode(text[inside..at]);
        }

        return null;
    }

    // Inside quotes nothing ends what they are in.
    private int AfterQuotes()
    {
        var at = _at;
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        if (at >= text.Length || text[at] != '"') return _at;
        var close = text.IndexOf('"', at + 1);
        return close < 0 ? throw Unreadable("a closing quote") : close + 1;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
    }

    private InputException Unreadable(string what) =>
        new(_at >= text.Length ? $"the line ends where {what} should follow: '{text}'" : $"{what} is expected before '{text[_at..]}'", "For example: a[chat-ui] -->|8000| b");

    // Mermaid's entities: #34; by number, #quot; by name.
    private static string Decode(string text)
    {
        text = text.Trim();
        if (text is ['"', .., '"']) text = text[1..^1];
        return Entity().Replace(text, match => match.Groups["number"] is { Success: true, Value: var number }
            ? Rune.TryCreate(int.Parse(number, CultureInfo.InvariantCulture), out var rune) ? rune.ToString() : ""
            : match.Groups["name"].Value switch { "quot" => "\"", "amp" => "&", "lt" => "<", "gt" => ">", _ => match.Value }).Trim();
    }

    [GeneratedRegex(@"\G(?<back><)?(?<line>~{3,}|-\.+-|-\.+|-{2,}|={2,})(?<head>>|[xo](?=[\s|]))?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Arrow();

    [GeneratedRegex(@"-{2,}(?<head>>)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AfterWords();

    [GeneratedRegex(@"={2,}(?<head>>)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AfterThickWords();

    [GeneratedRegex(@"\.+-(?<head>>)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AfterDottedWords();

    [GeneratedRegex(@"\G@\{((?<rest>[^}""]*?)label:\s*""(?<label>[^""]*)"")?[^}]*\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Attributes();

    [GeneratedRegex(@"#((?<number>[0-9]{1,6})|(?<name>[a-z]+));", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Entity();
}
