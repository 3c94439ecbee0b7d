using System.Collections.Immutable;
using System.Text;
using Ringfence.Model;
using YamlDotNet.Core;

namespace Ringfence.Kubernetes.Manifests.Editing;

/// <summary>What became of edits.</summary>
/// <param name="Content">The file as it is with them.</param>
/// <param name="Made">Which sets of edits were made, by their place in the list that was given.</param>
/// <param name="Refused">Which were not, and why.</param>
public sealed record EditOutcome(ReadOnlyMemory<byte> Content, ImmutableArray<int> Made, ImmutableArray<(int Set, string Reason)> Refused);

/// <summary>
/// Makes edits in the text of a manifest, YAML or JSON, where they stand: comments, order, indentation, line ends and every other object stay as they are. What
/// comes out is read again, and an edit that does not give exactly what it says, or changes anything else, is refused.
/// </summary>
public static class ManifestEditor
{
    // Longer files are written by programs, which would write over the edit.
    private const int LongestFile = 16 << 20;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Makes edits in a file.</summary>
    /// <param name="content">The file as it was read.</param>
    /// <param name="sets">
    /// Sets of edits; those of a set are of one object and are made together or not at all. Of several sets for one object only the first is made: what the others
    /// say may not fit any more. They are neither made nor refused.
    /// </param>
    public static EditOutcome Apply(ReadOnlyMemory<byte> content, IReadOnlyList<ImmutableArray<ManifestEdit>> sets)
    {
        var made = ImmutableArray.CreateBuilder<int>();
        var refused = ImmutableArray.CreateBuilder<(int, string)>();
        if (Unfit(content.Span) is { } fault) return new EditOutcome(content, [], [.. sets.Select((_, at) => (at, fault))]);
        var hasMark = content.Span is [0xef, 0xbb, 0xbf, ..];
        var text = Utf8.GetString(content.Span[(hasMark ? 3 : 0)..]);
        var touched = new HashSet<Location>();

        // From the last object to the first, so that the places of those to come stay true.
        foreach (var (set, at) in sets.Select((set, at) => (set, at)).OrderByDescending(pair => pair.set[0].Object.Location.Line)
            .ThenByDescending(pair => pair.set[0].Object.Location.Column).ThenBy(pair => pair.at))
        {
            var place = set[0].Object.Location;
            if (touched.Contains(place)) continue;
            try
            {
                if (set.Any(edit => edit.Object.Location != place)) throw new EditException("it concerns several objects");
                text = Edit(text, place, set);
                touched.Add(place);
                made.Add(at);
            }
            catch (EditException exception)
            {
                refused.Add((at, exception.Message));
            }
            catch (YamlException exception)
            {
                refused.Add((at, $"the file cannot be edited: {exception.Message}"));
            }
        }

        made.Sort();
        refused.Sort();
        var bytes = Utf8.GetBytes(text);
        return new EditOutcome(hasMark ? (byte[])[0xef, 0xbb, 0xbf, .. bytes] : bytes, made.ToImmutable(), refused.ToImmutable());
    }

    private static string? Unfit(ReadOnlySpan<byte> content)
    {
        if (content.Length > LongestFile) return $"the file is bigger than {LongestFile >> 20} MB";
        if (content is [0x1f, 0x8b, ..]) return "the file is packed with gzip";
        return content is [0xff, 0xfe, ..] or [0xfe, 0xff, ..] || !System.Text.Unicode.Utf8.IsValid(content) ? "the file is not UTF-8" : null;
    }

    private static string Edit(string text, Location place, ImmutableArray<ManifestEdit> edits)
    {
        var (start, end) = Document(text, Offset(text, place));
        var before = text[start..end];
        var at = Offset(text, place) - start;
        // Taking list items away moves those after them: the others first, then from the last to the first.
        var after = edits.OrderBy(edit => edit.Kind == EditKind.Remove).ThenBy(edit => edit.Kind == EditKind.Remove ? edit.Path : "", PathOrder.LastFirst)
            .Aggregate(before, (document, edit) => new ObjectText(document, at).Apply(edit));
        if (after == before) throw new EditException("that is what is written already");
        EditCheck.Check(before, after, at, edits);
        return text[..start] + after + text[end..];
    }

    private static int Offset(string text, Location place)
    {
        var offset = 0;
        for (var line = 1; line < place.Line; line++)
        {
            offset = text.IndexOf('\n', offset) + 1;
            if (offset == 0) throw new EditException("the object is not where it was");
        }

        return Math.Min(offset + Math.Max(place.Column - 1, 0), text.Length);
    }

    // The document around a place: documents are separated by lines that begin with three hyphens.
    private static (int Start, int End) Document(string text, int offset)
    {
        var start = 0;
        for (var mark = 0; (mark = text.IndexOf("\n---", mark, StringComparison.Ordinal)) >= 0; mark += 4)
        {
            if (mark + 4 < text.Length && text[mark + 4] is not (' ' or '\t' or '\n' or '\r')) continue;
            if (mark + 1 > offset) return (start, mark + 1);
            start = mark + 1;
        }

        return (start, text.Length);
    }
}
