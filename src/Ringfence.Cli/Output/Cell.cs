namespace Ringfence.Cli.Output;

/// <summary>A piece of a table: its text, and what it means.</summary>
internal readonly record struct Cell(string Text, Style Style = Style.Plain)
{
    /// <summary>Plain text.</summary>
    public static implicit operator Cell(string text) => new(text);
}
