using System.CommandLine;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Output;
using Ringfence.Lab.Daemon;

namespace Ringfence.Cli.Verbs;

/// <summary><c>lab apply</c>: adds and changes objects of a lab.</summary>
internal static class LabApplyVerb
{
    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("apply", "Add the objects of manifests to a lab, or change them; others stay as they are.");
        var manifests = new LabManifests(command, "Manifests to apply");
        var lab = new LabArguments(command);
        command.SetAction(parsed =>
        {
            var terminal = lab.Terminal(parsed);
            using var connection = lab.Connect(parsed, terminal);
            var sent = manifests.Read(parsed, terminal, isRequired: true);
            new LabText(terminal).Write((ChangesReply)connection.Ask(new ApplyRequest(sent)));
            terminal.Flush();
            return ExitCode.Yes;
        });
        return new Verb(command, Examples);
    }

    private const string Examples =
        """
        When it returns, new pods listen and the policies are in force on every node. Connections that a change denies are cut.

        Examples:
          sudo ringfence lab apply -f policy.yaml
          sudo ringfence lab apply -f examples/rag-steps/02-deny-all
          cat policy.yaml | sudo ringfence lab apply -n ai-platform -f -
        """;
}
