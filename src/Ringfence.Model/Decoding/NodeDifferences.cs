using System.Globalization;

namespace Ringfence.Model.Decoding;

/// <summary>Says in which fields two objects differ.</summary>
public static class NodeDifferences
{
    private const int Most = 5;

    /// <summary>A handful of lines <c>path: left, right</c>; empty where both have the same content. The order of keys does not count.</summary>
    public static IReadOnlyList<string> Between(Node left, Node right)
    {
        var differences = new List<string>();
        Compare(left, right, "", differences);
        if (differences.Count > Most)
        {
            differences.RemoveRange(Most, differences.Count - Most);
            differences.Add("and more");
        }

        return differences;
    }

    private static void Compare(Node? left, Node? right, string path, List<string> differences)
    {
        if (differences.Count > Most || ReferenceEquals(left, right)) return;
        switch (left, right)
        {
            case (MappingNode a, MappingNode b):
                foreach (var key in Keys(a, b))
                    Compare(Find(a, key), Find(b, key), FieldPaths.Join(path, key), differences);
                break;
            case (SequenceNode a, SequenceNode b):
                for (var i = 0; i < Math.Max(a.Items.Count, b.Items.Count); i++)
                    Compare(a.Items.ElementAtOrDefault(i), b.Items.ElementAtOrDefault(i), string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), differences);
                break;
            case (ScalarNode a, ScalarNode b) when a.Kind == b.Kind && a.Text == b.Text:
                break;
            default:
                differences.Add($"{path}: {Show(left)}, {Show(right)}");
                break;
        }
    }

    private static IEnumerable<string> Keys(MappingNode a, MappingNode b)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return a.Entries.Concat(b.Entries).Select(entry => entry.Key).Where(seen.Add);
    }

    private static Node? Find(MappingNode mapping, string key) => mapping.TryGet(key, out var value) ? value : null;

    private static string Show(Node? node) => node switch
    {
        null => "absent",
        ScalarNode { Kind: ScalarKind.Text } text => $"\"{Excerpt.Of(text.Text)}\"",
        ScalarNode scalar => Excerpt.Of(scalar.Source),
        _ => node.Describe(),
    };
}
