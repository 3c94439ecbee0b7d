using System.CommandLine;
using Ringfence.Cli.Answers;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Output;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary><c>list</c>: connections, one a line.</summary>
internal static class ListVerb
{
    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("list", "The connections that are open, one a line, and what is open to the outside.");
        var focus = new Option<string[]>("--focus")
        {
            Description = "Show only connections of this workload. May be repeated.",
            HelpName = "ns/name",
            DefaultValueFactory = _ => [],
        };
        var direction = new Option<string?>("--direction")
        {
            Description = "Show only what comes into, or goes out of, what --focus, -n and -l choose.",
            HelpName = "ingress|egress",
        };
        direction.AcceptOnlyFromAmong("ingress", "egress");
        var exposure = new Option<bool>("--exposure")
        {
            Description = "Show also what is open to namespaces and pods that are not there yet, by the labels that policies ask for.",
        };
        command.Options.Add(focus);
        command.Options.Add(direction);
        command.Options.Add(exposure);
        var common = new CommonOptions(command, rows: true,
            "Show only connections of this namespace; also the namespace of names, and of manifests, that give none (default: default).");
        command.SetAction(parsed => Run(common.Read(parsed), parsed.GetValue(focus)!, parsed.GetValue(direction), parsed.GetValue(exposure)));
        return new Verb(command, Examples);
    }

    private static int Run(Choices choices, string[] focus, string? direction, bool exposure)
    {
        var filter = new RowFilter(choices);
        if (direction is not null && focus.Length == 0 && filter.IsOpen)
            throw new CommandException("--direction needs to know relative to what", "Choose workloads with --focus ns/name, -n or -l.");

        var input = ClusterInput.Load(choices);
        var view = ClusterView.Create(input.Reachability);
        var rows = new ConnectionRows(view, filter)
        {
            Focus = ConnectionRows.FindFocus(view, focus, choices.NamespaceOfNames),
            Direction = direction switch { "ingress" => Direction.Ingress, "egress" => Direction.Egress, _ => null },
            WithExposure = exposure,
        };
        var notes = new ViewNotes(choices.Terminal, view);
        notes.TellIfNone(filter.Wants, choices.Namespace);
        new ConnectionListOutput(choices, input, notes).Write(rows);
        choices.Terminal.Flush();
        notes.Tell();
        return input.Code(ExitCode.Yes);
    }

    private const string Examples =
        """
        A workload's connections to itself are left out, and so are pairs between which nothing is open. Addresses outside
        the cluster come as the ranges that policies tell apart.

        Examples:
          ringfence list -f examples/rag
          ringfence list -f examples/rag --focus ai-platform/vector-db --direction ingress
          ringfence list -f examples/rag -n ai-platform --exposure
          ringfence list -f examples/rag -n ml-ops -o csv
          ringfence list -f examples/rag -l app=rag-api -o mermaid
          ringfence list -f examples/rag -o html > connections.html
        """;
}
