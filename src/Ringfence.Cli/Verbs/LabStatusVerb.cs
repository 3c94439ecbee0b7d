using System.CommandLine;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Output;
using Ringfence.Lab.Daemon;

namespace Ringfence.Cli.Verbs;

/// <summary><c>lab status</c>: what a lab runs.</summary>
internal static class LabStatusVerb
{
    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("status", "What a lab runs: nodes, pods, Services and the policies in force.");
        var output = LabOutput.Option("table", "json");
        command.Options.Add(output);
        var lab = new LabArguments(command);
        command.SetAction(parsed =>
        {
            var terminal = lab.Terminal(parsed);
            var folder = lab.Folder(parsed);
            using var connection = LabArguments.TryConnect(folder, terminal);
            if (connection is null)
            {
                terminal.Error.WriteLine($"there is no lab {folder.Name}; start one: ringfence lab up{LabConnection.Option(folder.Name)}");
                return ExitCode.No;
            }

            var status = ((StatusReply)connection.Ask(new StatusRequest())).Status;
            if (parsed.GetValue(output) == "json") LabRecords.WriteStatus(terminal, status);
            else new LabText(terminal).WriteStatus(status);
            terminal.Flush();
            return ExitCode.Yes;
        });
        return new Verb(command, Examples);
    }

    private const string Examples =
        """
        Examples:
          sudo ringfence lab status
          sudo ringfence lab status --name copy -o json

        Exit codes: 0 the lab runs; 1 there is none.
        """;
}

/// <summary>The option <c>-o</c> of the lab's verbs.</summary>
internal static class LabOutput
{
    /// <summary>Makes it; the first form is the default.</summary>
    public static Option<string> Option(params string[] forms)
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = "The form of the answer.",
            HelpName = string.Join('|', forms),
            DefaultValueFactory = _ => forms[0],
        };
        option.AcceptOnlyFromAmong(forms);
        return option;
    }
}
