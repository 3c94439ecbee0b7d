namespace Ringfence.Kubernetes.Manifests.Editing;

/// <summary>Values in block style, as lines without indentation of their own.</summary>
internal static class FieldText
{
    /// <summary>The lines of a value.</summary>
    public static string[] Lines(string value) => value.TrimEnd('\n').Split('\n');

    /// <summary>A value as the only item of a list.</summary>
    public static string Item(string value) => "- " + string.Join("\n  ", Lines(value));

    /// <summary>Whether a value fits behind the name of its field.</summary>
    public static bool IsInline(string value) =>
        !value.TrimEnd('\n').Contains('\n') && EditTree.Value(value) is null or EditScalar { IsBlock: false } or { IsFlow: true };

    /// <summary>A field with its value.</summary>
    /// <param name="key">The name; empty for the value alone, behind a colon.</param>
    /// <param name="value">The value.</param>
    /// <param name="listIndent">How far lists stand inside of their names.</param>
    public static string[] Field(string key, string value, int listIndent)
    {
        var name = key.Length == 0 ? "" : FlowText.Scalar(key, isJson: false);
        if (IsInline(value)) return [$"{name}: {value.TrimEnd('\n')}"];
        var node = EditTree.Value(value);
        var lines = Lines(value);
        // A block scalar begins behind the name.
        if (node is EditScalar) return [$"{name}: {lines[0]}", .. lines.Skip(1)];
        var indent = new string(' ', node is EditList ? listIndent : 2);
        return [$"{name}:", .. lines.Select(line => line.Length == 0 ? line : indent + line)];
    }
}
