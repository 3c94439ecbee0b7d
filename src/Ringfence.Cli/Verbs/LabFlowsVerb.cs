using System.CommandLine;
using Ringfence.Cli.CommandLine;
using Ringfence.Lab.Daemon;

namespace Ringfence.Cli.Verbs;

/// <summary><c>lab flows</c>: the connections that policies decided.</summary>
internal static class LabFlowsVerb
{
    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("flows", "The connections that policies denied, with the policies that did; on request those that they allowed.");
        var follow = new Option<bool>("--follow") { Description = "Go on with those to come, until Ctrl-C." };
        var all = new Option<bool>("--all") { Description = "Allowed connections too; they are logged from now on." };
        var output = LabOutput.Option("text", "json");
        command.Options.Add(follow);
        command.Options.Add(all);
        command.Options.Add(output);
        var lab = new LabArguments(command);
        command.SetAction(parsed =>
        {
            var terminal = lab.Terminal(parsed);
            var isJson = parsed.GetValue(output) == "json";
            using var connection = lab.Connect(parsed, terminal);
            var isEmpty = true;
            connection.Ask(new FlowsRequest(parsed.GetValue(follow), parsed.GetValue(all)), reply =>
            {
                if (reply is not FlowReply flow) return;
                isEmpty = false;
                terminal.Out.Write((isJson ? flow.Json : Output.PlainText.Clean(flow.Text)) + "\n");
                terminal.Flush();
            });
            terminal.Flush();
            if (isEmpty) terminal.Tell(Model.Severity.Note, "no connection was denied so far");
            return ExitCode.Yes;
        });
        return new Verb(command, Examples);
    }

    private const string Examples =
        """
        The lab remembers the last connections; without --follow they are told, and that is all.

        Examples:
          sudo ringfence lab flows
          sudo ringfence lab flows --follow --all
          sudo ringfence lab flows -o json | jq -r .source
        """;
}
