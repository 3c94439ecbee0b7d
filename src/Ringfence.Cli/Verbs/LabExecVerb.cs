using System.CommandLine;
using Ringfence.Analysis.Endpoints;
using Ringfence.Cli.CommandLine;
using Ringfence.Lab.Daemon;

namespace Ringfence.Cli.Verbs;

/// <summary><c>lab exec</c>: runs a command in a pod's network.</summary>
internal static class LabExecVerb
{
    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("exec", "Run a command of this machine in a pod's network, with the pod's DNS.");
        var pod = new Argument<string>("POD") { Description = "ns/pod, or ns/workload for its first pod." };
        var words = new Argument<string[]>("COMMAND") { Description = "The command and its arguments, after -- (default: a shell).", Arity = ArgumentArity.ZeroOrMore };
        var @namespace = new Option<string?>("--namespace", "-n") { Description = "The namespace of a name that gives none (default: default).", HelpName = "NAME" };
        command.Arguments.Add(pod);
        command.Arguments.Add(words);
        command.Options.Add(@namespace);
        var lab = new LabArguments(command);
        command.SetAction(parsed =>
        {
            var name = EndpointSyntax.Parse(parsed.GetValue(pod)!, parsed.GetValue(@namespace) ?? "default") is NamedText { Port: null } named
                ? named
                : throw new CommandException($"'{parsed.GetValue(pod)}' is not a pod", "Name a pod or workload: ns/name");
            PodReply target;
            using (var connection = lab.Connect(parsed, lab.Terminal(parsed))) target = Find(parsed, lab, connection, name);
            return LabShell.Run(target, parsed.GetValue(words)!, lab.Terminal(parsed));
        });
        return new Verb(command, Examples);
    }

    private static PodReply Find(ParseResult parsed, LabArguments lab, LabConnection connection, NamedText name)
    {
        var pods = ((StatusReply)connection.Ask(new StatusRequest())).Status.Pods;
        var found = pods.FirstOrDefault(pod => pod.Namespace == name.Namespace && pod.Name == name.Name)
            ?? pods.FirstOrDefault(pod => pod.Namespace == name.Namespace && pod.Workload == name.Name)
            ?? throw NotFound(name, [.. pods.SelectMany(pod => (string[])[$"{pod.Namespace}/{pod.Workload}", $"{pod.Namespace}/{pod.Name}"]).Distinct()]);
        using var second = lab.Connect(parsed, lab.Terminal(parsed));
        return (PodReply)second.Ask(new ExecRequest(found.Namespace, found.Name));
    }

    private static CommandException NotFound(NamedText name, List<string> names)
    {
        var wanted = $"{name.Namespace}/{name.Name}";
        var nearest = Likeness.Nearest(wanted, names) ?? names.Find(known => known.EndsWith("/" + name.Name, StringComparison.Ordinal));
        return new CommandException(
            $"there is no pod or workload {wanted} in this lab",
            nearest is not null ? $"Did you mean {nearest}?" : names.Count == 0 ? "The lab has no pods." : "'ringfence lab status' lists the pods.");
    }

    private const string Examples =
        """
        The command is one of this machine, with this machine's files; its network and its DNS are the pod's. It runs as root.

        Examples:
          sudo ringfence lab exec ai-platform/chat-ui -- curl -sS --max-time 3 http://rag-api:8000
          sudo ringfence lab exec ai-platform/chat-ui -- getent hosts vector-db
          sudo ringfence lab exec ml-ops/model-monitor

        The exit code is the command's.
        """;
}
