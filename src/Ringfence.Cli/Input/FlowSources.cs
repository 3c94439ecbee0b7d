using Ringfence.Analysis;
using Ringfence.Analysis.Generation;
using Ringfence.Analysis.Generation.Mermaid;
using Ringfence.Cli.CommandLine;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Input;

/// <summary>Where wanted flows come from, as the user named it.</summary>
internal sealed class FlowSources(Choices choices)
{
    private readonly string _namespace = choices.Namespace ?? "default";

    /// <summary>Flows given as arguments.</summary>
    public required IReadOnlyList<string> Flows { get; init; }

    /// <summary>Files of flows.</summary>
    public required IReadOnlyList<string> FlowFiles { get; init; }

    /// <summary>Files with a flowchart.</summary>
    public required IReadOnlyList<string> Mermaid { get; init; }

    /// <summary>Tells what is wrong before anything long is done.</summary>
    public void Check()
    {
        if (Flows.Count + FlowFiles.Count + Mermaid.Count == 0)
            throw new CommandException("no flows given: say what is wanted", $"As arguments ('chat-ui -> rag-api:8000'), or with --flows FILE or --mermaid FILE.");
        if (FlowFiles.Concat(Mermaid).Concat(choices.Files).Count(file => file == "-") > 1)
            throw new CommandException("standard input can be read once only, and - is given more than once");
        _ = Arguments();
    }

    /// <summary>Reads them all.</summary>
    public WantedFlows Read(Snapshot snapshot) => WantedFlows.Join(
    [
        new WantedFlows(Arguments(), []),
        .. FlowFiles.Select(file => Open(file, reader => new FlowSyntax(_namespace).ReadLines(reader, file))),
        .. Mermaid.Select(file => Open(file, reader => new MermaidFlows(snapshot, _namespace).Read(reader, file))),
    ]);

    private List<WantedFlow> Arguments()
    {
        foreach (var flow in Flows)
            if (!flow.Contains('>') && !flow.Contains('→'))
                throw new CommandException($"'{flow}' is not a flow: it has no arrow",
                    "Put quotes round it, 'chat-ui -> rag-api:8000', or the shell takes > as the name of a file to write.");
        return [.. Flows.SelectMany(flow => new FlowSyntax(_namespace).Read(flow, default))];
    }

    private static WantedFlows Open(string file, Func<TextReader, WantedFlows> read)
    {
        try
        {
            using var reader = file == "-" ? new StreamReader(Console.OpenStandardInput()) : new StreamReader(file);
            return read(reader);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot read '{file}': {(problem is FileNotFoundException or DirectoryNotFoundException ? "no such file" : problem is UnauthorizedAccessException ? "it is a folder, or permission is denied" : problem.Message)}");
        }
    }
}
