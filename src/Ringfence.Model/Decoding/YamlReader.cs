using System.Text;
using System.Text.Unicode;
using YamlDotNet.Core;

namespace Ringfence.Model.Decoding;

/// <summary>
/// Reads YAML text. Documents are separated by lines that begin with <c>---</c>, as kubectl does it, so that an error in one leaves
/// the others readable.
/// </summary>
public static class YamlReader
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The documents of a text in UTF-8, without byte order mark; empty ones are left out.</summary>
    public static IEnumerable<SourceDocument> Read(ReadOnlyMemory<byte> text)
    {
        var line = 1;
        foreach (var part in Split(text))
        {
            foreach (var document in ReadPart(part, line)) yield return document;
            line += part.Span.Count((byte)'\n');
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> text)
    {
        var start = 0;
        var from = 0;
        while (from < text.Length)
        {
            var mark = text.Span[from..].IndexOf("\n---"u8);
            if (mark < 0) break;
            var at = from + mark + 1;
            from = at + 3;
            if (from < text.Length && text.Span[from] is not ((byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')) continue;
            yield return text[start..at];
            start = at;
        }

        yield return text[start..];
    }

    private static List<SourceDocument> ReadPart(ReadOnlyMemory<byte> part, int firstLine)
    {
        if (part.Length > DocumentLimits.DocumentBytes)
            return
            [
                SourceDocument.Bad(
                    "too-big",
                    $"this document is {part.Length >> 20} MB, the limit for YAML is {DocumentLimits.DocumentBytes >> 20} MB; " +
                    "give it as JSON (kubectl get -o json), or split it",
                    firstLine, 1),
            ];
        if (NotText(part.Span, firstLine) is { } problem) return [new SourceDocument(null, problem)];
        var text = Strict.GetString(part.Span);
        if (IsBlank(text)) return [];
        return Parse(text, firstLine);
    }

    // Comments and document marks alone are no document.
    private static bool IsBlank(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var trimmed = line.Trim();
            if (!trimmed.IsEmpty && trimmed[0] != '#' && trimmed is not "---" and not "..." && !line.StartsWith("%")) return false;
        }

        return true;
    }

    private static SyntaxProblem? NotText(ReadOnlySpan<byte> text, int firstLine)
    {
        var bad = text.IndexOf((byte)0);
        var message = "has a NUL byte: this is a binary file, or UTF-16 without a byte order mark; give YAML or JSON in UTF-8";
        if (bad < 0)
        {
            if (Utf8.IsValid(text)) return null;
            message = "is not UTF-8 text; save the file as UTF-8";
            try
            {
                Strict.GetCharCount(text);
            }
            catch (DecoderFallbackException exception)
            {
                bad = Math.Clamp(exception.Index, 0, text.Length);
            }
        }

        var before = text[..Math.Max(bad, 0)];
        return new SyntaxProblem("not-text", message, firstLine + before.Count((byte)'\n'), before.Length - before.LastIndexOf((byte)'\n'));
    }

    private static List<SourceDocument> Parse(string text, int firstLine)
    {
        var documents = new List<SourceDocument>(1);
        var builder = new YamlTree(text, firstLine);
        try
        {
            while (builder.Next() is { } root)
                if (root is not ScalarNode { Kind: ScalarKind.Null }) documents.Add(new SourceDocument(root, null));
        }
        catch (SyntaxException exception)
        {
            documents.Add(new SourceDocument(null, Explain(text, firstLine, exception.Problem)));
        }
        catch (YamlException exception)
        {
            // The scanner's errors begin with what it was in, and end where it stopped.
            var at = exception.Message.StartsWith("While scanning", StringComparison.Ordinal) ? exception.End : exception.Start;
            var line = firstLine + (int)Math.Max(at.Line, 1) - 1;
            documents.Add(new SourceDocument(
                null, Explain(text, firstLine, new SyntaxProblem("not-yaml", YamlFaults.InPlainWords(exception.Message), line, (int)Math.Max(at.Column, 1)))));
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException or
            IndexOutOfRangeException or OverflowException or InvalidCastException or KeyNotFoundException)
        {
            // The parser's own slips on input that no YAML has; mostly brackets.
            var (line, column) = builder.Reached;
            documents.Add(new SourceDocument(null, Explain(text, firstLine, new SyntaxProblem("not-yaml", YamlFaults.Unbalanced, line, column))));
        }

        return documents;
    }

    private static SyntaxProblem Explain(string text, int firstLine, SyntaxProblem problem)
    {
        if (problem.Code != "not-yaml") return problem;
        if (HelmAction(text, firstLine) is { } action)
            return new SyntaxProblem(
                "helm-template",
                "is a template, not a manifest: render it first (helm template CHART | ringfence VERB -f -)",
                action.Line, action.Column);

        if (IndentingTab(text, problem.Line - firstLine, problem.Message == YamlFaults.Tab) is { } tab)
            return problem with { Line = firstLine + tab.Line, Column = tab.Column, Message = "is not valid YAML: a tab cannot indent, use spaces" };
        return problem with { Message = $"is not valid YAML: {problem.Message.TrimEnd('.')}" };
    }

    // A tab in the line of the error, or in the next: the parser names the line before the tab, or where the mapping around it begins.
    private static (int Line, int Column)? IndentingTab(string text, int from, bool isCertain)
    {
        var lines = isCertain ? text.Split('\n') : text.Split('\n', from + 3);
        for (var i = from; i < (isCertain ? lines.Length : Math.Min(from + 2, lines.Length)); i++)
        {
            var tab = lines[i].AsSpan(0, lines[i].Length - lines[i].AsSpan().TrimStart().Length).IndexOf('\t');
            if (tab >= 0) return (i, tab + 1);
        }

        return null;
    }

    private static (int Line, int Column)? HelmAction(string text, int firstLine)
    {
        var at = text.IndexOf("{{", StringComparison.Ordinal);
        if (at < 0 || !text.AsSpan(at).Contains("}}", StringComparison.Ordinal)) return null;
        return (firstLine + text.AsSpan(0, at).Count('\n'), at - text.LastIndexOf('\n', at));
    }
}
