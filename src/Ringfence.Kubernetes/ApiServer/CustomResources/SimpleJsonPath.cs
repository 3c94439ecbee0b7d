using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>
/// A path into an object, as columns and subresources of definitions name it: <c>.spec.replicas</c>, <c>.status.addresses[0].value</c>,
/// <c>.status.conditions[?(@.type=="Ready")].status</c>.
/// </summary>
/// <remarks>https://kubernetes.io/docs/reference/kubectl/jsonpath/</remarks>
internal sealed class SimpleJsonPath
{
    private readonly ImmutableArray<Step> _steps;

    private SimpleJsonPath(ImmutableArray<Step> steps) => _steps = steps;

    /// <summary>The names of the fields on the way; null where it also goes through lists.</summary>
    public ImmutableArray<string>? Fields => _steps.All(step => step.Field is not null) ? [.. _steps.Select(step => step.Field!)] : null;

    /// <summary>Reads a path; null where it is none.</summary>
    public static SimpleJsonPath? Parse(string text)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '.')
            {
                var (name, end) = Name(text, i + 1);
                if (name.Length == 0) return null;
                steps.Add(name == "*" ? new Step(null, null, null, IsAll: true) : new Step(name, null, null));
                i = end;
            }
            else if (text[i] == '[' && Close(text, i) is > 0 and var close)
            {
                if (Bracket(text[(i + 1)..close]) is not { } step) return null;
                steps.Add(step);
                i = close + 1;
            }
            else
            {
                return null;
            }
        }

        return steps.Count == 0 ? null : new SimpleJsonPath(steps.ToImmutable());
    }

    /// <summary>The first value that it leads to; null where there is none.</summary>
    public JsonNode? Find(JsonNode? value) => Find(value, 0);

    private JsonNode? Find(JsonNode? value, int at)
    {
        if (at == _steps.Length || value is null) return value;
        var step = _steps[at];
        switch (value)
        {
            case JsonObject fields when step.Field is { } name:
                return Find(fields[name], at + 1);
            case JsonArray list when step.Index is { } index:
                var place = index < 0 ? list.Count + index : index;
                return place >= 0 && place < list.Count ? Find(list[place], at + 1) : null;
            case JsonArray list when step.IsAll || step.Match is not null:
                foreach (var entry in list)
                    if ((step.Match is not { } match || Text(match.Path.Find(entry)) == match.Value) && Find(entry, at + 1) is { } found) return found;
                return null;
            default:
                return null;
        }
    }

    private static string? Text(JsonNode? value) => JsonValues.AsText(value) ?? value?.ToJsonString();

    // Dots within names are escaped with a backslash.
    private static (string Name, int End) Name(string text, int start)
    {
        var name = new System.Text.StringBuilder();
        var i = start;
        for (; i < text.Length && text[i] is not ('.' or '['); i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length) i++;
            name.Append(text[i]);
        }

        return (name.ToString(), i);
    }

    private static int Close(string text, int start)
    {
        var quote = '\0';
        for (var i = start + 1; i < text.Length; i++)
        {
            if (quote != '\0') quote = text[i] == quote ? '\0' : quote;
            else if (text[i] is '"' or '\'') quote = text[i];
            else if (text[i] == ']') return i;
        }

        return -1;
    }

    private static Step? Bracket(string inner)
    {
        inner = inner.Trim();
        if (inner is "*" or ":") return new Step(null, null, null, IsAll: true);
        if (int.TryParse(inner, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index)) return new Step(null, index, null);
        if (Quoted(inner) is { Length: > 0 } name) return new Step(name, null, null);
        if (!inner.StartsWith("?(@", StringComparison.Ordinal) || inner[^1] != ')') return null;
        var at = inner.IndexOf("==", StringComparison.Ordinal);
        if (at < 0 || Parse(inner[3..at].Trim()) is not { } path) return null;
        var value = inner[(at + 2)..^1].Trim();
        return new Step(null, null, (path, Quoted(value) ?? value));
    }

    private static string? Quoted(string text) => text is ['"' or '\'', .., '"' or '\''] && text[0] == text[^1] ? text[1..^1] : null;

    private sealed record Step(string? Field, int? Index, (SimpleJsonPath Path, string Value)? Match, bool IsAll = false);
}
