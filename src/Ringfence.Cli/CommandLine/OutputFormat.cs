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
}

/// <summary>Which formats a verb has.</summary>
internal static class OutputFormats
{
    private static readonly OutputFormat[] Plain =
        [OutputFormat.Table, OutputFormat.Wide, OutputFormat.Json, OutputFormat.Yaml, OutputFormat.Csv, OutputFormat.Md];

    private static readonly OutputFormat[] Graphs = [.. Plain, OutputFormat.Dot, OutputFormat.Mermaid, OutputFormat.Html];

    private static readonly OutputFormat[] All = [.. Graphs, OutputFormat.Sarif];

    /// <summary>The names for verbs whose answer is text or a table, and for those whose answer is also a picture.</summary>
    public static string[] Names(bool withGraphs) => [.. (withGraphs ? Graphs : Plain).Select(Name)];

    /// <summary>Reads a name that is one of <see cref="Names"/>.</summary>
    public static OutputFormat Parse(string name) => All.First(format => Name(format) == name);

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
        OutputFormat.Html => "html",
        _ => "sarif",
    };
}
