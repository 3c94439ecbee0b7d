using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Model;
using Ringfence.Model.Decoding;
using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;
using Node = Ringfence.Model.Decoding.Node;

namespace Ringfence.Kubernetes.Manifests.Editing;

/// <summary>Holds an edited text against what the edits say: the object must be as they say, and all else as it was.</summary>
internal static class EditCheck
{
    /// <summary>Compares a document before and after edits.</summary>
    /// <exception cref="EditException">It is not what the edits say.</exception>
    public static void Check(string before, string after, int offset, ImmutableArray<ManifestEdit> edits)
    {
        var expected = Read(before);
        var place = (Line: before.AsSpan(0, offset).Count('\n') + 1, Column: offset - before.LastIndexOf('\n', Math.Max(offset - 1, 0)));
        if (offset == 0) place = (1, 1);
        var wanted = expected.Select(document => Value(document, place)).ToList();
        var target = wanted.Select(value => value.Marked).SingleOrDefault(marked => marked is not null) ?? throw new EditException("the object is not where it was");
        foreach (var edit in edits.OrderBy(edit => edit.Kind == EditKind.Remove).ThenBy(edit => edit.Kind == EditKind.Remove ? edit.Path : "", PathOrder.LastFirst))
            Apply(target, edit);
        var got = Read(after).Select(document => Value(document, default).Value).ToList();
        if (got.Count != wanted.Count || !got.Zip(wanted).All(pair => JsonNode.DeepEquals(pair.First, pair.Second.Value)))
            throw new EditException("the way it is written does not allow it without changing something else");
        if (edits.All(edit => edit.Kind != EditKind.Remove) && !Comments(before).Order(StringComparer.Ordinal).SequenceEqual(Comments(after).Order(StringComparer.Ordinal)))
            throw new EditException("a comment stands in what would be replaced");
    }

    private static IEnumerable<string> Comments(string text)
    {
        var scanner = new Scanner(new StringReader(text), skipComments: false);
        while (scanner.MoveNext())
            if (scanner.Current is Comment comment) yield return comment.Value;
    }

    private static List<Node> Read(string text)
    {
        var documents = YamlReader.Read(Encoding.UTF8.GetBytes(text)).ToList();
        return documents.Exists(document => document.Problem is not null)
            ? throw new EditException("the file would not be readable any more")
            : [.. documents.Select(document => document.Root!)];
    }

    // Scalars as their kind and text, so that nothing is compared by its looks. The mapping that begins at a place is remembered.
    private static (JsonNode Value, JsonObject? Marked) Value(Node node, (int Line, int Column) place)
    {
        JsonObject? marked = null;
        return (Convert(node), marked);

        JsonNode Convert(Node each)
        {
            switch (each)
            {
                case MappingNode mapping:
                    var result = new JsonObject();
                    foreach (var entry in mapping.Entries) result[entry.Key] = Convert(entry.Value);
                    if ((mapping.Line, mapping.Column) == place) marked ??= result;
                    return result;
                case SequenceNode list:
                    return new JsonArray([.. list.Items.Select(Convert)]);
                default:
                    var scalar = (ScalarNode)each;
                    return JsonValue.Create($"{scalar.Kind}:{scalar.Text}");
            }
        }
    }

    private static void Apply(JsonObject target, ManifestEdit edit)
    {
        var steps = EditPath.Steps(edit.Path);
        JsonNode? node = target;
        foreach (var step in steps.Take(steps.Count - 1))
            node = node switch
            {
                JsonArray list when EditPath.Index(step, list.Count) is { } index => list[index],
                JsonObject mapping => Child(mapping, step, edit.Kind),
                _ => null,
            };
        var last = steps[^1];
        switch (edit.Kind, node)
        {
            case (EditKind.Set, JsonObject mapping):
                mapping[last] = New(edit.Value);
                break;
            case (EditKind.Set, JsonArray list) when EditPath.Index(last, list.Count) is { } index:
                list[index] = New(edit.Value);
                break;
            case (EditKind.Append, JsonObject mapping):
                if (mapping[last] is not JsonArray items) mapping[last] = items = [];
                items.Add(New(edit.Value));
                break;
            case (EditKind.Remove, JsonObject mapping):
                mapping.Remove(last);
                break;
            case (EditKind.Remove, JsonArray list) when EditPath.Index(last, list.Count) is { } index:
                list.RemoveAt(index);
                break;
            case (EditKind.Rename, JsonObject mapping) when mapping[last] is { } value:
                mapping.Remove(last);
                mapping[edit.Value!] = value;
                break;
            default:
                throw new EditException($"there is no {edit.Path}");
        }
    }

    // A field that is missing or null on the way is made.
    private static JsonNode? Child(JsonObject mapping, string step, EditKind kind)
    {
        if (mapping[step] is { } child && !(child is JsonValue value && value.GetValue<string>() == "Null:null")) return child;
        if (kind is EditKind.Remove or EditKind.Rename) return null;
        var made = new JsonObject();
        mapping[step] = made;
        return made;
    }

    private static JsonNode New(string? value) =>
        YamlReader.Read(Encoding.UTF8.GetBytes(value ?? "")).FirstOrDefault().Root is { } root ? Value(root, default).Value : throw new EditException("the new value is not YAML");
}
