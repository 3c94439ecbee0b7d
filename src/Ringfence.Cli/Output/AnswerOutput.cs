using Ringfence.Cli.CommandLine;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>What the renderers of all verbs share.</summary>
internal static class AnswerOutput
{
    /// <summary>The writer for a machine format.</summary>
    public static StructuredWriter Structured(this Choices choices) =>
        choices.Format == OutputFormat.Yaml ? new YamlOutput(choices.Terminal.Out) : new JsonOutput(choices.Terminal.Out);

    /// <summary>Writes a place, or null where none is known.</summary>
    public static void Location(this StructuredWriter writer, string name, Location? location)
    {
        writer.Name(name);
        if (location is not { File: { } file } place)
        {
            writer.Value(null);
            return;
        }

        writer.StartObject();
        writer.Field("file", file);

        // What an API server gave has no lines: its file is cluster:ns/name.
        if (place.Line > 0) writer.Field("line", place.Line);
        if (place.Column > 0) writer.Field("column", place.Column);
        writer.EndObject();
    }

    /// <summary>Writes what stands where; the place goes below the name where both do not fit beside each other.</summary>
    public static void WritePlace(this Terminal terminal, string head, string name, Location location)
    {
        name = PlainText.Clean(name);
        var place = PlainText.Clean(location.ToString());
        if (place.Length == 0)
        {
            terminal.Out.Write($"{head}{name}\n");
            return;
        }

        var inner = name.Trim().Length == 0 ? "" : "  ";
        var fits = head.Length + name.Length + inner.Length + place.Length <= (terminal.Width ?? int.MaxValue);
        var gap = inner.Length == 0 || fits ? inner : $"\n{new string(' ', head.Length - head.TrimStart().Length + 2)}";
        terminal.Out.Write($"{head}{(fits ? name : name.TrimEnd())}{gap}{terminal.Paint(place, Output.Style.Faint)}\n");
    }

    /// <summary>The word for an outcome.</summary>
    public static string Word(this Engine.Outcome outcome) => outcome switch
    {
        Engine.Outcome.Allowed => "allowed",
        Engine.Outcome.Denied => "denied",
        _ => "unknown",
    };

    /// <summary>How an outcome is shown.</summary>
    public static Style Style(this Engine.Outcome outcome) => outcome switch
    {
        Engine.Outcome.Allowed => Output.Style.Good,
        Engine.Outcome.Denied => Output.Style.Bad,
        _ => Output.Style.Doubtful,
    };

    /// <summary>Writes rows as CSV or as a Markdown table.</summary>
    public static void WriteRecords(this Choices choices, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (choices.Format == OutputFormat.Md)
        {
            Markdown.WriteTable(choices.Terminal.Out, headers, choices.Headers, rows);
            return;
        }

        if (choices.Headers) Csv.WriteRow(choices.Terminal.Out, headers);
        foreach (var row in rows) Csv.WriteRow(choices.Terminal.Out, row);
    }
}
