using Ringfence.Analysis.Expectations;
using Ringfence.Analysis.Generation;
using Ringfence.Analysis.Generation.Mermaid;
using Ringfence.Analysis.Generation.Observed;
using Ringfence.Analysis.Generation.Templates;
using Ringfence.Cli.CommandLine;
using Ringfence.Engine;

namespace Ringfence.Cli.Input;

/// <summary>Where wanted flows come from, as the user named it.</summary>
internal sealed class FlowSources(Choices choices)
{
    private readonly string _namespace = choices.NamespaceOfNames;

    /// <summary>Flows given as arguments.</summary>
    public required IReadOnlyList<string> Flows { get; init; }

    /// <summary>Files of flows.</summary>
    public required IReadOnlyList<string> FlowFiles { get; init; }

    /// <summary>Files with a flowchart.</summary>
    public required IReadOnlyList<string> Mermaid { get; init; }

    /// <summary>Files of expectations.</summary>
    public required IReadOnlyList<string> Expectations { get; init; }

    /// <summary>Logs of connections.</summary>
    public required IReadOnlyList<string> Observed { get; init; }

    /// <summary>The name of a template; null for none.</summary>
    public required string? Template { get; init; }

    /// <summary>What is set of the template's parts, <c>PART=NAME</c> each.</summary>
    public required IReadOnlyList<string> Settings { get; init; }

    private IEnumerable<string> FileNames => [.. FlowFiles, .. Mermaid, .. Expectations, .. Observed];

    /// <summary>Tells what is wrong before anything long is done.</summary>
    public void Check()
    {
        var hasFlows = Flows.Count > 0 || FileNames.Any();
        if (!hasFlows && Template is null)
            throw new CommandException("no flows given: say what is wanted",
                "As arguments ('chat-ui -> rag-api:8000'), with --flows, --mermaid, --expectations or --observed FILE, or take a --template.");
        if (!choices.HasInput && (hasFlows || Template is null)) throw CommonOptions.NoFiles("generate");
        if (Settings.Count > 0 && Template is null) throw new CommandException("--set is about a template, and no --template is given");
        if (FileNames.Concat(choices.Files).Count(file => file == "-") > 1)
            throw new CommandException("standard input can be read once only, and - is given more than once");
        _ = Arguments();
        _ = Set();
    }

    /// <summary>Fills the template, from a cluster where there is one; null without a template.</summary>
    public FilledTemplate? FillTemplate(Snapshot? snapshot)
    {
        if (Template is null) return null;
        var reader = new TemplateReader(Analysis.Generation.Templates.Template.All.First(template => template.Name == Template), Set(), _namespace);
        return snapshot is null ? reader.Alone() : reader.From(snapshot);
    }

    /// <summary>Reads all flows but those of the template.</summary>
    public WantedFlows Read(Snapshot snapshot) => WantedFlows.Join(
    [
        new WantedFlows(Arguments(), []),
        .. FlowFiles.Select(file => Open(file, stream => new FlowSyntax(_namespace).ReadLines(new StreamReader(stream), file))),
        .. Mermaid.Select(file => Open(file, stream => new MermaidFlows(snapshot, _namespace).Read(new StreamReader(stream), file))),
        .. Expectations.Select(file => Open(file, stream => ReadExpectations(stream, file))),
        .. Observed.Select(file => Open(file, stream => new ObservedFlows(snapshot).Read(new StreamReader(stream), file))),
    ]);

    private WantedFlows ReadExpectations(Stream stream, string file)
    {
        using var content = new MemoryStream();
        stream.CopyTo(content);
        var reading = ExpectationReader.Read(content.ToArray(), file, _namespace);
        return reading.Set is { } set
            ? ExpectationFlows.Read(set)
            : throw new CommandException(ClusterInput.Describe(reading.Diagnostics[0]), [.. reading.Diagnostics.Skip(1).Select(ClusterInput.Describe)]);
    }

    private Dictionary<string, string> Set()
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in Settings)
        {
            var equals = setting.IndexOf('=');
            if (equals <= 0 || equals == setting.Length - 1) throw new CommandException($"'{setting}' sets nothing: write --set PART=NAME");
            settings[setting[..equals]] = setting[(equals + 1)..];
        }

        return settings;
    }

    private List<WantedFlow> Arguments()
    {
        foreach (var flow in Flows)
            if (!flow.Contains('>') && !flow.Contains('→'))
                throw new CommandException($"'{flow}' is not a flow: it has no arrow",
                    "Put quotes round it, 'chat-ui -> rag-api:8000', or the shell takes > as the name of a file to write.");
        return [.. Flows.SelectMany(flow => new FlowSyntax(_namespace).Read(flow, default))];
    }

    private static WantedFlows Open(string file, Func<Stream, WantedFlows> read)
    {
        try
        {
            using var stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
            return read(stream);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot read '{file}': {Reason(problem, file)}");
        }
    }

    private static string Reason(Exception problem, string file) => problem switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file",
        UnauthorizedAccessException => Directory.Exists(file) ? "it is a folder" : "permission denied",
        _ => problem.Message,
    };
}
