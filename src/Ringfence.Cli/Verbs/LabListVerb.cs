using System.CommandLine;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Output;
using Ringfence.Lab;
using Ringfence.Lab.Daemon;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary><c>lab list</c>: the labs of this machine.</summary>
internal static class LabListVerb
{
    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("list", "The labs of this machine.");
        var output = LabOutput.Option("table", "json");
        command.Options.Add(output);
        var lab = new LabArguments(command, named: false);
        command.SetAction(parsed =>
        {
            Requirements.LinuxAndRoot();
            var terminal = lab.Terminal(parsed);
            var running = LabFolder.All().Select(folder => Status(folder, terminal)).OfType<LabStatus>().ToList();
            if (parsed.GetValue(output) == "json") LabRecords.WriteList(terminal, running);
            else if (running.Count > 0) new LabText(terminal).WriteList(running);
            else terminal.Tell(Severity.Note, "no lab runs; start one: ringfence lab up");
            terminal.Flush();
            return ExitCode.Yes;
        });
        return new Verb(command, Examples);
    }

    private static LabStatus? Status(LabFolder folder, Terminal terminal)
    {
        using var connection = LabArguments.TryConnect(folder, terminal);
        try
        {
            return ((StatusReply?)connection?.Ask(new StatusRequest()))?.Status;
        }
        catch (LabException exception)
        {
            terminal.Tell(Severity.Note, exception.Message);
            return null;
        }
    }

    private const string Examples =
        """
        Examples:
          sudo ringfence lab list
          sudo ringfence lab list -o json
        """;
}
