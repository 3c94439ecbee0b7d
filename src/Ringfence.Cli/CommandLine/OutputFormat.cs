namespace Ringfence.Cli.CommandLine;

/// <summary>The forms of output, as <c>-o</c> names them.</summary>
internal enum OutputFormat
{
    Table,
    Wide,
    Json,
    Yaml,
    Csv,
    Md,
    Dot,
    Mermaid,
    Html,
    Sarif,
    Junit,
    Tap,
}

/// <summary>Which formats a verb has.</summary>
internal static class OutputFormats
{
    private static readonly OutputFormat[] Plain =
        [OutputFormat.Table, OutputFormat.Wide, OutputFormat.Json, OutputFormat.Yaml, OutputFormat.Csv, OutputFormat.Md];

    private static readonly OutputFormat[] All = Enum.GetValues<OutputFormat>();

    private static readonly OutputFormat[] Graphs = [.. Plain, OutputFormat.Dot, OutputFormat.Mermaid, OutputFormat.Html];

    /// <summary>The names for verbs whose answer is text or a table, and for those whose answer is also a picture.</summary>
    public static string[] Names(bool withGraphs) => [.. (withGraphs ? Graphs : Plain).Select(Name)];

    /// <summary>The names for verbs whose answer is a list of findings; <c>markdown</c> is another word for <c>md</c>.</summary>
    public static string[] FindingNames { get; } = ["table", "wide", "json", "yaml", "sarif", "junit", "markdown", "md"];

    /// <summary>Reads a name of one of the formats.</summary>
    public static OutputFormat Parse(string name) => name == "markdown" ? OutputFormat.Md : All.First(format => Name(format) == name);

    private static string Name(OutputFormat format) => format switch
    {
        OutputFormat.Table => "table",
        OutputFormat.Wide => "wide",
        OutputFormat.Json => "json",
        OutputFormat.Yaml => "yaml",
        OutputFormat.Csv => "csv",
        OutputFormat.Md => "md",
        OutputFormat.Dot => "dot",
        OutputFormat.Mermaid => "mermaid",
        OutputFormat.Sarif => "sarif",
        OutputFormat.Junit => "junit",
        OutputFormat.Tap => "tap",
        _ => "html",
    };
}
