using System.CommandLine;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Output;
using Ringfence.Lab.Daemon;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary><c>lab down</c>: takes labs down.</summary>
internal static class LabDownVerb
{
    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("down", "Take a lab down. Nothing of it is left.");
        var all = new Option<bool>("--all") { Description = "Take every lab of this machine down." };
        command.Options.Add(all);
        var lab = new LabArguments(command);
        command.SetAction(parsed =>
        {
            var terminal = lab.Terminal(parsed);
            var folder = lab.Folder(parsed);
            var folders = parsed.GetValue(all) ? LabFolder.All() : [folder];
            foreach (var one in folders) Down(one, terminal, isNamed: !parsed.GetValue(all));
            if (folders.Count == 0) terminal.Tell(Severity.Note, "no lab runs");
            terminal.Flush();
            return ExitCode.Yes;
        });
        return new Verb(command, Examples);
    }

    private static void Down(LabFolder folder, Terminal terminal, bool isNamed)
    {
        using var connection = LabArguments.TryConnect(folder, terminal);
        if (connection is null)
        {
            if (isNamed) terminal.Tell(Severity.Note, $"no lab {folder.Name} runs");
            return;
        }

        connection.TakeDown();
        terminal.Out.Write($"lab {folder.Name} is down\n");
    }

    private const string Examples =
        """
        Examples:
          sudo ringfence lab down
          sudo ringfence lab down --name copy
          sudo ringfence lab down --all
        """;
}
