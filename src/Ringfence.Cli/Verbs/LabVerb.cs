using System.CommandLine;
using Ringfence.Cli.CommandLine;
using Ringfence.Lab.Daemon;

namespace Ringfence.Cli.Verbs;

/// <summary><c>lab …</c>: this machine as a cluster.</summary>
internal static class LabVerb
{
    private const string ProcessName = "process";

    /// <summary>Makes the verb with those below it.</summary>
    public static Verb Create()
    {
        var command = new Command("lab", "This machine as a cluster that kubectl drives: nodes and pods as network namespaces, policies enforced in the kernel, real packets.");
        return new Verb(command, Examples)
        {
            Parts =
            [
                LabUpVerb.Create(), LabApplyVerb.Create(), LabDeleteVerb.Create(), LabStatusVerb.Create(), LabExecVerb.Create(),
                LabFlowsVerb.Create(), LabDownVerb.Create(), LabListVerb.Create(), LabTourVerb.Create(), Process(),
            ],
        };
    }

    /// <summary>The command that runs a lab's process.</summary>
    public static IReadOnlyList<string> ProcessCommand(string name) => [.. Program(), "lab", ProcessName, name];

    private static string[] Program()
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("the program does not know its own path");
        // As 'dotnet ringfence.dll' the program is the first argument.
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Path.GetFullPath(Environment.GetCommandLineArgs()[0])] : [program];
    }

    private static Verb Process()
    {
        var command = new Command(ProcessName, "Hold a lab; 'lab up' starts it.") { Hidden = true };
        var name = new Argument<string>("NAME");
        command.Arguments.Add(name);
        command.SetAction(parsed =>
        {
            Requirements.LinuxAndRoot();
            return LabProcess.Run(parsed.GetValue(name)!, Program());
        });
        return new Verb(command, "");
    }

    private const string Examples =
        """
        A lab runs in the background until 'lab down'. Everything in it lives in network namespaces of its own: the machine's own
        interfaces, routes and rules stay as they are. It has a Kubernetes API of its own, which kubectl drives. It needs Linux and root.

        Examples:
          sudo ringfence lab up -f examples/rag
          sudo kubectl --kubeconfig /run/ringfence/labs/default/kubeconfig -n ai-platform exec deploy/chat-ui -- wget -qO- --timeout=3 http://rag-api:8000
          sudo ringfence lab exec ai-platform/chat-ui -- curl -sS --max-time 3 http://rag-api:8000
          sudo ringfence lab flows --follow
          sudo ringfence lab down
          sudo ringfence lab tour rag
        """;
}

/// <summary>The options that the lab's verbs share.</summary>
internal sealed class LabArguments
{
    private readonly Option<string> _name = new("--name")
    {
        Description = "The lab's name; labs of different names run side by side.",
        HelpName = "NAME",
        DefaultValueFactory = _ => new Ringfence.Lab.LabOptions().Name,
    };

    private readonly Option<bool> _noColour = new("--no-color") { Description = "Never colour. NO_COLOR in the environment says the same." };

    private readonly Option<bool> _debug = new("--debug") { Description = "Show the stack trace where something goes wrong inside." };

    /// <summary>Adds the options to a command.</summary>
    public LabArguments(Command command, bool named = true)
    {
        if (named) command.Options.Add(_name);
        command.Options.Add(_noColour);
        command.Options.Add(_debug);
    }

    /// <summary>Where answers and messages go.</summary>
    public Output.Terminal Terminal(ParseResult parsed) => new(parsed.GetValue(_noColour));

    /// <summary>The lab's folder. Checks that labs can run here at all.</summary>
    public LabFolder Folder(ParseResult parsed)
    {
        Requirements.LinuxAndRoot();
        return LabFolder.Of(parsed.GetValue(_name)!);
    }

    /// <summary>Connects to the lab.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public LabConnection Connect(ParseResult parsed, Output.Terminal terminal)
    {
        var folder = Folder(parsed);
        return TryConnect(folder, terminal)
            ?? throw new CommandException($"there is no lab {folder.Name}", [$"Start one: ringfence lab up{LabConnection.Option(folder.Name)}", .. Others(folder)]);
    }

    /// <summary>Connects to a lab; null where it does not run. What a killed one left is cleaned up.</summary>
    public static LabConnection? TryConnect(LabFolder folder, Output.Terminal terminal)
    {
        if (LabConnection.TryOpen(folder) is { } connection) return connection;
        if (folder.CleanUp() is { } process)
            terminal.Tell(Model.Severity.Note, $"the lab {folder.Name} was not taken down: its process{(process == 0 ? "" : $" {process}")} ended without it; what was left of it is cleaned up");
        return null;
    }

    private static IEnumerable<string> Others(LabFolder folder)
    {
        var names = LabFolder.All().Select(other => other.Name).Where(name => name != folder.Name).ToList();
        if (names.Count > 0) yield return $"Labs that run: {string.Join(", ", names)} (choose one with --name)";
    }
}
