namespace Ringfence.Model;

/// <summary>A place in the input: a file (or <c>-</c> for standard input), with the line and column counted from 1.</summary>
/// <param name="File">The path as the user gave it, joined with the part below a given folder; null where no file is known.</param>
/// <param name="Line">Line, from 1; 0 where unknown.</param>
/// <param name="Column">Column in characters, from 1; 0 where unknown.</param>
/// <param name="EndLine">Last line of what stands here, inclusive; 0 where unknown.</param>
public readonly record struct Location(string? File, int Line, int Column, int EndLine = 0)
{
    /// <summary>The place of an object that came from an API server: its name, because it has no lines.</summary>
    /// <param name="namespace">Its namespace; empty for an object without.</param>
    /// <param name="name">Its name.</param>
    public static Location OfServed(string @namespace, string name) => new(@namespace.Length == 0 ? $"cluster:{name}" : $"cluster:{@namespace}/{name}", 0, 0);

    /// <summary>The form that editors and terminals recognise: <c>file:line:column</c>.</summary>
    public override string ToString() =>
        File is null ? "" : Line == 0 ? File : Column == 0 ? $"{File}:{Line}" : $"{File}:{Line}:{Column}";
}
