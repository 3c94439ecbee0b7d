using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Patches;

/// <summary>A place in a document (RFC 6901).</summary>
internal sealed class JsonPointer
{
    private readonly string _text;
    private readonly string[] _steps;

    private JsonPointer(string text, string[] steps) => (_text, _steps) = (text, steps);

    /// <summary>How many steps it is away from the root.</summary>
    public int Length => _steps.Length;

    /// <summary>Whether it is the whole document.</summary>
    public bool IsRoot => _steps.Length == 0;

    /// <exception cref="ApiException">422: it is none.</exception>
    public static JsonPointer Parse(string text)
    {
        if (text.Length == 0) return new JsonPointer(text, []);
        if (text[0] != '/') throw PatchText.DoesNotFit($"the path \"{text}\" does not begin with a slash");
        var steps = text[1..].Split('/');
        for (var i = 0; i < steps.Length; i++)
            steps[i] = steps[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        return new JsonPointer(text, steps);
    }

    /// <summary>Whether it is a place within what the other one means.</summary>
    public bool IsWithin(JsonPointer other) => _steps.Length > other._steps.Length && _steps.AsSpan().StartsWith(other._steps);

    /// <summary>The value here.</summary>
    /// <exception cref="ApiException">422: there is none.</exception>
    public JsonNode? Get(JsonObject root)
    {
        JsonNode? value = root;
        foreach (var step in _steps) value = Step(value, step);
        return value;
    }

    /// <summary>Puts a value here: in a list before what is here.</summary>
    public void Add(JsonObject root, JsonNode? value)
    {
        switch (Parent(root))
        {
            case JsonObject parent:
                parent[_steps[^1]] = value;
                break;
            case JsonArray parent when _steps[^1] == "-":
                parent.Add(value);
                break;
            case JsonArray parent:
                parent.Insert(Index(_steps[^1], parent.Count + 1), value);
                break;
            default:
                throw Missing();
        }
    }

    /// <summary>Takes away the value here, which must be there.</summary>
    public JsonNode? Remove(JsonObject root)
    {
        switch (Parent(root))
        {
            case JsonObject parent when parent.TryGetPropertyValue(_steps[^1], out var value):
                parent.Remove(_steps[^1]);
                return value;
            case JsonArray parent:
                var index = Index(_steps[^1], parent.Count);
                var removed = parent[index];
                parent.RemoveAt(index);
                return removed;
            default:
                throw Missing();
        }
    }

    /// <summary>Puts a value in the place of the one here, which must be there.</summary>
    public void Replace(JsonObject root, JsonNode? value)
    {
        switch (Parent(root))
        {
            case JsonObject parent when parent.ContainsKey(_steps[^1]):
                parent[_steps[^1]] = value;
                break;
            case JsonArray parent:
                parent[Index(_steps[^1], parent.Count)] = value;
                break;
            default:
                throw Missing();
        }
    }

    private JsonNode? Parent(JsonObject root)
    {
        JsonNode? value = root;
        foreach (var step in _steps.AsSpan(0, _steps.Length - 1)) value = Step(value, step);
        return value;
    }

    private JsonNode? Step(JsonNode? value, string step) => value switch
    {
        JsonObject fields when fields.TryGetPropertyValue(step, out var found) => found,
        JsonArray list => list[Index(step, list.Count)],
        _ => throw Missing(),
    };

    private int Index(string step, int count) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < count && (step.Length == 1 || step[0] != '0')
            ? index : throw Missing();

    private ApiException Missing() => PatchText.DoesNotFit($"there is nothing at the path \"{_text}\"");
}
