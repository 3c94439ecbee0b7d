namespace Ringfence.Model.Decoding;

/// <summary>Why a text is no document, and where.</summary>
/// <param name="Code">The diagnostic's code.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
public sealed record SyntaxProblem(string Code, string Message, int Line, int Column);

/// <summary>One document of a file: its content, or why it has none.</summary>
/// <param name="Root">The content; null where there is a problem.</param>
/// <param name="Problem">The problem; null where there is content.</param>
public readonly record struct SourceDocument(Node? Root, SyntaxProblem? Problem)
{
    /// <summary>A document that could not be read.</summary>
    public static SourceDocument Bad(string code, string message, int line, int column) =>
        new(null, new SyntaxProblem(code, message, line, column));
}

/// <summary>What keeps reading bounded in memory and time.</summary>
public static class DocumentLimits
{
    /// <summary>The deepest nesting; the deepest field of a NetworkPolicy is at level 9.</summary>
    public const int Depth = 100;

    /// <summary>The size of one document in bytes; the API server takes objects up to 1.5 MB, and a YAML list has to be one document.</summary>
    public const int DocumentBytes = 64 << 20;

    /// <summary>The size of one file of YAML in bytes. JSON is read piece by piece and has no such limit.</summary>
    public const int YamlBytes = 256 << 20;

    /// <summary>The number of values in one document, each use of an alias counted in full.</summary>
    public const long Nodes = 5_000_000;

    /// <summary>Text of <see cref="Depth"/>'s error.</summary>
    public static string TooDeep => $"nested more than {Depth} levels deep; no Kubernetes object is";
}

/// <summary>Ends the reading of one document.</summary>
internal sealed class SyntaxException(SyntaxProblem problem) : Exception(problem.Message)
{
    public SyntaxProblem Problem { get; } = problem;

    public static SyntaxException At(string code, string message, long line, long column) => new(new SyntaxProblem(code, message, (int)line, (int)column));
}
