using System.Globalization;

namespace Ringfence.Model.Decoding;

/// <summary>Field paths as the API server writes them, <c>spec.ingress[0].ports[1].port</c>, and the nodes that they name.</summary>
public static class FieldPaths
{
    /// <summary>The path from an object to one of its nodes; null where the node is not part of it.</summary>
    public static string? Of(Node root, Node target)
    {
        var steps = new List<string>();
        return Search(root, target, steps) ? string.Concat(steps) : null;
    }

    /// <summary>A path with one more field.</summary>
    public static string Join(string? path, string key) =>
        string.IsNullOrEmpty(path) ? key : key.AsSpan().ContainsAny('.', '/') ? $"{path}[{key}]" : $"{path}.{key}";

    /// <summary>The node at a path, or the innermost one on the way to it that exists.</summary>
    public static Node Nearest(Node root, string path)
    {
        var node = root;
        var rest = path.AsSpan();
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<char> step;
            if (rest[0] == '[')
            {
                var close = rest.IndexOf(']');
                if (close < 0) break;
                step = rest[1..close];
                rest = rest[(close + 1)..];
            }
            else
            {
                if (rest[0] == '.') rest = rest[1..];
                var end = rest.IndexOfAny('.', '[');
                step = end < 0 ? rest : rest[..end];
                rest = end < 0 ? [] : rest[end..];
            }

            if (node is MappingNode mapping && mapping.TryGet(step.ToString(), out var value)) node = value;
            else if (node is SequenceNode list && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Count)
                node = list.Items[index];
            else break;
        }

        return node;
    }

    private static bool Search(Node node, Node target, List<string> steps)
    {
        if (ReferenceEquals(node, target)) return true;
        if (node is MappingNode mapping)
        {
            foreach (var entry in mapping.Entries)
            {
                steps.Add(steps.Count == 0 ? entry.Key : Join("x", entry.Key)[1..]);
                if (Search(entry.Value, target, steps)) return true;
                steps.RemoveAt(steps.Count - 1);
            }
        }
        else if (node is SequenceNode list)
        {
            for (var i = 0; i < list.Items.Count; i++)
            {
                steps.Add(string.Create(CultureInfo.InvariantCulture, $"[{i}]"));
                if (Search(list.Items[i], target, steps)) return true;
                steps.RemoveAt(steps.Count - 1);
            }
        }

        return false;
    }
}
