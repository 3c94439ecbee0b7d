using Ringfence.Model;

namespace Ringfence.Kubernetes.Manifests.Editing;

/// <summary>One object in the text of its document, and the edits of that text.</summary>
internal sealed class ObjectText
{
    private readonly TextLayout _layout;
    private readonly EditMapping _object;
    private readonly bool _isJson;

    /// <summary>Finds the object that begins at <paramref name="offset"/>.</summary>
    public ObjectText(string text, int offset)
    {
        _layout = new TextLayout(text);
        _object = Find(EditTree.DocumentAt(text, offset), offset) ?? throw new EditException("the object is not where it was");
        _isJson = text.AsSpan(_object.Start).StartsWith("{") && text.AsSpan(_object.Start + 1).TrimStart() is ['"', ..];
    }

    /// <summary>The text with an edit made.</summary>
    /// <exception cref="EditException">It cannot be made here.</exception>
    public string Apply(ManifestEdit edit)
    {
        var steps = EditPath.Steps(edit.Path);
        if (edit.Was is { } was && (Get(steps) as EditScalar)?.Text != was) throw new EditException($"{edit.Path} is not {was}: it is written in another way");
        return edit.Kind switch
        {
            EditKind.Remove => Remove(steps),
            EditKind.Rename => Rename(steps, edit.Value ?? ""),
            EditKind.Append => Append(steps, edit.Value ?? ""),
            _ => Set(steps, edit.Value ?? ""),
        };
    }

    private string Set(IReadOnlyList<string> steps, string value)
    {
        EditNode node = _object;
        EditEntry? entry = null;
        for (var i = 0; i < steps.Count; i++)
        {
            Refuse(node);
            var isLast = i == steps.Count - 1;
            switch (node)
            {
                case EditMapping mapping when mapping.Find(steps[i]) is { } found:
                    if (isLast) return ReplaceValue(mapping, found, value);
                    (entry, node) = (found, found.Value);
                    if (node is EditScalar { IsNull: true }) return ReplaceValue(mapping, found, Wrapped(steps, i + 1, value));
                    break;
                case EditMapping mapping:
                    return mapping is { IsFlow: true, Entries.Count: 0 } && entry is not null && !IsInFlow(mapping)
                        ? ReplaceValue(null, entry, Wrapped(steps, i, value))
                        : Add(mapping, steps[i], Wrapped(steps, i + 1, value));
                case EditList list when EditPath.Index(steps[i], list.Items.Count) is { } index:
                    node = list.Items[index];
                    entry = null;
                    if (isLast) return ReplaceItem(list, node, value);
                    break;
                default:
                    throw new EditException($"there is no {string.Join('.', steps.Take(i + 1))}");
            }
        }

        throw new EditException("an edit needs a field");
    }

    private string Append(IReadOnlyList<string> steps, string item)
    {
        var node = Get(steps);
        if (node is null or EditScalar { IsNull: true } or EditList { Items.Count: 0 }) return Set(steps, FieldText.Item(item));
        if (node is not EditList list) throw new EditException($"{string.Join('.', steps)} is not a list");
        if (list.IsFlow) return _layout.InsertInFlow(list.Items[^1].End, list.Items[^1].Start, FlowText.Of(item, _isJson));
        var dash = _layout.DashOf(list.Items[^1].Start);
        return _layout.InsertLines(list.End, FieldText.Lines(FieldText.Item(item)), _layout.Column(dash));
    }

    private string Remove(IReadOnlyList<string> steps)
    {
        var parent = Get([.. steps.Take(steps.Count - 1)]) ?? throw new EditException($"there is no {string.Join('.', steps)}");
        if (parent is EditList list && EditPath.Index(steps[^1], list.Items.Count) is { } index)
        {
            if (list.IsFlow) return _layout.CutFromFlow([.. list.Items.Select(item => (item.Start, item.End))], index);
            return list.Items.Count == 1 ? Set([.. steps.Take(steps.Count - 1)], "[]") : _layout.CutLines(_layout.DashOf(list.Items[index].Start), list.Items[index].End);
        }

        if (parent is not EditMapping mapping || mapping.Find(steps[^1]) is not { } entry) throw new EditException($"there is no {string.Join('.', steps)}");
        Refuse(entry.Value);
        var at = mapping.Entries.ToList().IndexOf(entry);
        if (mapping.IsFlow) return _layout.CutFromFlow([.. mapping.Entries.Select(each => (each.Key.Start, each.Value.End))], at);
        if (mapping.Entries.Count == 1) return Set([.. steps.Take(steps.Count - 1)], "{}");
        return _layout.IsFirstOnLine(entry.Key.Start)
            ? _layout.CutLines(entry.Key.Start, entry.Value.End)
            : _layout.Replace(entry.Key.Start, mapping.Entries[at + 1].Key.Start, "");
    }

    private string Rename(IReadOnlyList<string> steps, string key)
    {
        if (Get([.. steps.Take(steps.Count - 1)]) is not EditMapping mapping || mapping.Find(steps[^1]) is not { } entry)
            throw new EditException($"there is no {string.Join('.', steps)}");
        if (mapping.Find(key) is not null) throw new EditException($"there is a field {key} already");
        return _layout.Replace(entry.Key.Start, entry.Key.End, FlowText.Scalar(key, _isJson || _layout.Text[entry.Key.Start] == '"'));
    }

    private EditNode? Get(IReadOnlyList<string> steps)
    {
        EditNode? node = _object;
        foreach (var step in steps)
        {
            Refuse(node);
            node = node switch
            {
                EditMapping mapping => mapping.Find(step)?.Value,
                EditList list when EditPath.Index(step, list.Items.Count) is { } index => list.Items[index],
                _ => null,
            };
            if (node is null) return null;
        }

        Refuse(node);
        return node;
    }

    private string Add(EditMapping mapping, string key, string value)
    {
        if (!mapping.IsFlow) return _layout.InsertLines(mapping.End, FieldText.Field(key, value, ListIndent()), _layout.Column(mapping.Start));
        var field = $"{FlowText.Scalar(key, _isJson)}: {FlowText.Of(value, _isJson)}";
        return mapping.Entries.Count == 0
            ? _layout.Replace(mapping.Start, mapping.End, $"{{{field}}}")
            : _layout.InsertInFlow(mapping.Entries[^1].Value.End, mapping.Entries[^1].Key.Start, field);
    }

    // A parent that is null stands for one in block style.
    private string ReplaceValue(EditMapping? parent, EditEntry entry, string value)
    {
        Refuse(entry.Value);
        var node = entry.Value;
        if (parent?.IsFlow == true || IsInFlow(node))
            return _layout.Replace(node.Start, node.End, (node.Start == node.End ? " " : "") + FlowText.Of(value, _isJson));
        if (node is EditScalar { IsBlock: false } or { IsFlow: true } && FieldText.IsInline(value))
            return _layout.Replace(node.Start, node.End, (node.Start == node.End ? " " : "") + value.TrimEnd('\n'));
        var colon = _layout.Text.IndexOf(':', entry.Key.End) + 1;
        var lines = FieldText.Field("", value, ListIndent());
        var indent = _layout.Column(entry.Key.Start);
        // A comment behind the colon stays there.
        return lines[0] == ":" && node is EditScalar { IsAbsent: true }
            ? _layout.InsertLines(colon, lines.Skip(1), indent)
            : _layout.ReplaceBlock(colon, Math.Max(node.End, colon), lines[0][1..], lines.Skip(1), indent);
    }

    private string ReplaceItem(EditList list, EditNode item, string value)
    {
        Refuse(item);
        if (list.IsFlow) return _layout.Replace(item.Start, item.End, FlowText.Of(value, _isJson));
        var lines = FieldText.Lines(value);
        return _layout.ReplaceBlock(item.Start, item.End, lines[0], lines.Skip(1), _layout.Column(item.Start));
    }

    // Whether a value stands between brackets that are open around it.
    private bool IsInFlow(EditNode node) => Around(_object, node);

    private static bool Around(EditNode from, EditNode target) => from switch
    {
        EditMapping mapping => mapping.Entries.Any(entry => (mapping.IsFlow && ReferenceEquals(entry.Value, target)) || (entry.Value.Start <= target.Start && Around(entry.Value, target))),
        EditList list => list.Items.Any(item => (list.IsFlow && ReferenceEquals(item, target)) || (item.Start <= target.Start && Around(item, target))),
        _ => false,
    };

    // The fields that are missing on the way become mappings around the value.
    private static string Wrapped(IReadOnlyList<string> steps, int from, string value)
    {
        for (var i = steps.Count - 1; i >= from; i--)
        {
            if (EditPath.Index(steps[i], int.MaxValue) is not null) throw new EditException($"there is no {string.Join('.', steps.Take(i))}");
            value = string.Join('\n', FieldText.Field(steps[i], value, 0));
        }

        return value;
    }

    // How far lists stand inside of their names here: two, or not at all as kubectl writes it.
    private int ListIndent()
    {
        return First(_object) ?? 0;

        int? First(EditNode node) => node switch
        {
            EditMapping { IsFlow: false } mapping => mapping.Entries
                .Select(entry => entry.Value is EditList { IsFlow: false } list ? _layout.Column(list.Start) - _layout.Column(entry.Key.Start) : First(entry.Value))
                .FirstOrDefault(found => found is not null),
            EditList { IsFlow: false } list => list.Items.Select(First).FirstOrDefault(found => found is not null),
            _ => null,
        };
    }

    private static void Refuse(EditNode node)
    {
        if (node.IsShared) throw new EditException("it is written with an anchor, an alias or a tag, and others may depend on it");
    }

    private static EditMapping? Find(EditNode? node, int offset) => node switch
    {
        EditMapping mapping when mapping.Start == offset => mapping,
        EditMapping mapping => mapping.Entries.Select(entry => Find(entry.Value, offset)).FirstOrDefault(found => found is not null),
        EditList list => list.Items.Select(item => Find(item, offset)).FirstOrDefault(found => found is not null),
        _ => null,
    };
}
