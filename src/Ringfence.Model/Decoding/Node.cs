using System.Diagnostics.CodeAnalysis;

namespace Ringfence.Model.Decoding;

/// <summary>A value of a manifest, YAML or JSON, with the place where it stands. Immutable; YAML aliases share nodes.</summary>
public abstract class Node
{
    private protected Node(int line, int column, int endLine, long weight) =>
        (Line, Column, EndLine, Weight) = (line, column, endLine, weight);

    /// <summary>The line of its first character, from 1.</summary>
    public int Line { get; }

    /// <summary>The column of its first character, from 1.</summary>
    public int Column { get; }

    /// <summary>The line of its last character, inclusive.</summary>
    public int EndLine { get; }

    /// <summary>How many nodes a walk over it visits: aliases count each time.</summary>
    public long Weight { get; }

    /// <summary>What it is, for messages: <c>a mapping</c>, <c>a list</c>, <c>the string "x"</c>.</summary>
    public abstract string Describe();

    /// <summary>The place, in a file.</summary>
    public Location In(string? file) => new(file, Line, Column, EndLine);
}

/// <summary>The types of a scalar, as they are in JSON.</summary>
public enum ScalarKind : byte
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A whole number; its text is in decimal digits.</summary>
    Integer,

    /// <summary>A number with a fraction or an exponent.</summary>
    Real,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary><c>null</c>.</summary>
    Null,
}

/// <summary>A string, number, boolean or null.</summary>
public sealed class ScalarNode : Node
{
    /// <summary>Makes a scalar.</summary>
    /// <param name="kind">Its type.</param>
    /// <param name="text">The value: of a boolean <c>true</c> or <c>false</c>, of a whole number its decimal digits.</param>
    /// <param name="source">What is written, where it differs from <paramref name="text"/>: YAML's <c>yes</c>, <c>0x50</c>.</param>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column, from 1.</param>
    /// <param name="endLine">Last line.</param>
    public ScalarNode(ScalarKind kind, string text, string? source, int line, int column, int endLine)
        : base(line, column, endLine, 1) => (Kind, Text, Source) = (kind, text, source ?? text);

    /// <summary>The type.</summary>
    public ScalarKind Kind { get; }

    /// <summary>The value as text.</summary>
    public string Text { get; }

    /// <summary>The value as written, without quotes.</summary>
    public string Source { get; }

    /// <inheritdoc/>
    public override string Describe() => Kind switch
    {
        ScalarKind.Text => $"the string \"{Excerpt.Of(Text)}\"",
        ScalarKind.Null => "null",
        ScalarKind.Boolean => Source == Text ? $"the boolean {Text}" : $"the boolean {Text} (YAML reads {Source} as a boolean)",
        _ => $"the number {Excerpt.Of(Source)}",
    };
}

/// <summary>A list.</summary>
public sealed class SequenceNode : Node
{
    /// <summary>Makes a list.</summary>
    public SequenceNode(IReadOnlyList<Node> items, int line, int column, int endLine)
        : base(line, column, endLine, items.Aggregate(1L, (sum, item) => sum + item.Weight)) => Items = items;

    /// <summary>The entries.</summary>
    public IReadOnlyList<Node> Items { get; }

    /// <inheritdoc/>
    public override string Describe() => "a list";
}

/// <summary>A key with its value.</summary>
/// <param name="Key">The key as text.</param>
/// <param name="Line">The key's line, from 1.</param>
/// <param name="Column">The key's column, from 1.</param>
/// <param name="Value">The value.</param>
/// <param name="Merged">True where it comes from a YAML merge key (<c>&lt;&lt;</c>): then it never repeats another key.</param>
public readonly record struct MappingEntry(string Key, int Line, int Column, Node Value, bool Merged = false);

/// <summary>A mapping: keys with values in the order written, repeats included (the decoder reports them; the last one wins).</summary>
public sealed class MappingNode : Node
{
    /// <summary>Makes a mapping.</summary>
    public MappingNode(IReadOnlyList<MappingEntry> entries, int line, int column, int endLine)
        : base(line, column, endLine, entries.Aggregate(1L, (sum, entry) => sum + entry.Value.Weight)) => Entries = entries;

    /// <summary>The entries.</summary>
    public IReadOnlyList<MappingEntry> Entries { get; }

    /// <summary>The value of a key; of a repeated key the last one.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out Node? value)
    {
        for (var i = Entries.Count - 1; i >= 0; i--)
            if (Entries[i].Key == key)
            {
                value = Entries[i].Value;
                return true;
            }

        value = null;
        return false;
    }

    /// <summary>The text of a string value; null where it is absent or something else.</summary>
    public string? Text(string key) => TryGet(key, out var value) && value is ScalarNode { Kind: ScalarKind.Text } text ? text.Text : null;

    /// <inheritdoc/>
    public override string Describe() => "a mapping";
}
