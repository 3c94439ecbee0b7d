using System.Globalization;

namespace Ringfence.Kubernetes.Manifests.Editing;

/// <summary>Takes field paths apart: <c>spec.egress[0].ports[1]</c>, <c>metadata.labels[example.org/name]</c>.</summary>
internal static class EditPath
{
    /// <summary>The fields, indexes and keys on the way.</summary>
    public static IReadOnlyList<string> Steps(string path)
    {
        var steps = new List<string>();
        var rest = path.AsSpan();
        while (!rest.IsEmpty)
        {
            if (rest[0] == '[')
            {
                var close = rest.IndexOf(']');
                if (close < 0) close = rest.Length - 1;
                steps.Add(rest[1..close].ToString());
                rest = rest[(close + 1)..];
                continue;
            }

            if (rest[0] == '.') rest = rest[1..];
            var end = rest.IndexOfAny('.', '[');
            steps.Add((end < 0 ? rest : rest[..end]).ToString());
            rest = end < 0 ? [] : rest[end..];
        }

        return steps;
    }

    /// <summary>A step as an index into a list of <paramref name="count"/> items; null where it is none.</summary>
    public static int? Index(string step, int count) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < count ? index : null;
}
