using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.Tests.Editing;

/// <summary>Writes objects as people and programs do: block or flow, lists indented or not, comments, other documents around, LF or CRLF, or as JSON.</summary>
internal sealed class RandomStyle(Random random)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly bool _isJson = random.Next(5) == 0;
    private readonly bool _isIndented = random.Next(2) == 0;
    private readonly string _listIndent = random.Next(2) == 0 ? "" : "  ";
    private readonly string _lineEnd = random.Next(4) == 0 ? "\r\n" : "\n";
    private readonly List<string> _comments = [];

    /// <summary>Which document the object is.</summary>
    public int Place { get; private set; }

    /// <summary>Comments that no edit of the object may take away.</summary>
    public IReadOnlyList<string> Comments => _comments;

    /// <summary>The text.</summary>
    public string Write(JsonObject item)
    {
        if (_isJson) return item.ToJsonString(_isIndented ? Indented : JsonSerializerOptions.Default);
        var text = new StringBuilder();
        if (random.Next(2) == 0)
        {
            text.Append("kind: Namespace\napiVersion: v1\nmetadata: {name: other}\n---\n");
            Place = 1;
        }

        Comment(text);
        Block(text, item, 0, isFirstInLine: false);
        if (random.Next(3) == 0) text.Append("---\n# more\nkind: Namespace\napiVersion: v1\nmetadata:\n  name: last\n");
        if (random.Next(4) == 0) text.Length--;
        return text.ToString().Replace("\n", _lineEnd, StringComparison.Ordinal);
    }

    private void Comment(StringBuilder text)
    {
        _comments.Add($"# comment {_comments.Count} of {random.Next(1000)}");
        text.Append(_comments[^1]).Append('\n');
    }

    private void Block(StringBuilder text, JsonObject item, int indent, bool isFirstInLine)
    {
        foreach (var (key, value) in item)
        {
            if (!isFirstInLine) text.Append(' ', indent);
            isFirstInLine = false;
            text.Append(key).Append(':');
            Value(text, value!, indent);
            if (random.Next(6) == 0) text.Append("  # behind");
            if (text[^1] != '\n') text.Append('\n');
        }
    }

    private void Value(StringBuilder text, JsonNode value, int indent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } mapping when random.Next(4) > 0:
                text.Append('\n');
                Block(text, mapping, indent + 2, isFirstInLine: false);
                text.Length--;
                break;
            case JsonArray { Count: > 0 } list when random.Next(4) > 0:
                foreach (var item in list)
                {
                    text.Append('\n').Append(' ', indent).Append(_listIndent).Append("- ");
                    if (item is not JsonObject { Count: > 0 } fields)
                    {
                        text.Append(Flow(item!));
                        continue;
                    }

                    Block(text, fields, indent + _listIndent.Length + 2, isFirstInLine: true);
                    text.Length--;
                }

                break;
            default:
                text.Append(' ').Append(Flow(value));
                break;
        }
    }

    private static string Flow(JsonNode value) => value switch
    {
        JsonObject mapping => $"{{{string.Join(", ", mapping.Select(pair => $"{pair.Key}: {Flow(pair.Value!)}"))}}}",
        JsonArray list => $"[{string.Join(", ", list.Select(item => Flow(item!)))}]",
        _ => value.ToJsonString(),
    };
}
