using System.CommandLine;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Ringfence.Agent;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Output;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary><c>agent</c>: enforces the policies of one node.</summary>
internal static class AgentVerb
{
    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var files = new Option<string[]>("--filename", "-f") { Description = "The cluster: files and folders of manifests. Their changes are followed.", HelpName = "FILE|DIR", Required = true };
        var node = new Option<string>("--node") { Description = "The node whose pods to enforce for: those with this spec.nodeName.", HelpName = "NAME", Required = true };
        var network = new Option<string>("--netns") { Description = "The node's network namespace.", HelpName = "PATH", Required = true };
        var thisMachine = new Option<bool>("--this-machine") { Description = "Allow --netns to name the machine's own network: its firewall then gets a table of ours." };
        var keepFlows = new Option<bool>("--keep-flows") { Description = "Let established flows go on that a change denies." };
        var once = new Option<bool>("--once") { Description = "Enforce once and end; what is enforced stays in force." };
        var command = new Command("agent", "Enforce the policies of one node from manifests, and follow their changes.") { files, node, network, thisMachine, keepFlows, once };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(files), parsed.GetRequiredValue(node), parsed.GetRequiredValue(network), parsed.GetValue(thisMachine),
            parsed.GetValue(keepFlows), parsed.GetValue(once)));
        return new Verb(command, Examples);
    }

    private static int Run(string[] files, string node, string path, bool thisMachine, bool keepFlows, bool once)
    {
        var terminal = new Terminal(noColour: true);
        if (files.Contains("-")) throw new CommandException("an agent follows files: standard input cannot be followed");
        using var network = OpenNetwork(path);
        if (!thisMachine && network.IsOfMachine)
            throw new CommandException($"{path} is this machine's own network", "Where this machine is the node, say so: --this-machine.");
        using var agent = new NodeAgent(network, new NodeAgentOptions
        {
            Revoke = !keepFlows,
            Table = new() { OnForeignChange = change => terminal.Tell(Severity.Warning, $"{change} changed the node's rules") },
        });
        var follower = new ManifestAgent(agent, node, [.. files], terminal.Tell);
        if (once) return follower.Update() ? ExitCode.Yes : ExitCode.Unusable;

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        follower.FollowAsync(stop.Token).GetAwaiter().GetResult();
        return ExitCode.Yes;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static NetworkNamespace OpenNetwork(string path)
    {
        try
        {
            var network = NetworkNamespace.Open(path);
            // Entered once, so that what is no namespace, or no right to enter it, is told by this name.
            network.Run(() => { });
            return network;
        }
        catch (Win32Exception problem)
        {
            if (!Environment.IsPrivilegedProcess) Requirements.LinuxAndRoot();
            throw new CommandException(problem.Message.Contains(path, StringComparison.Ordinal) ? problem.Message : $"{path}: {problem.Message}", "--netns takes a namespace's file, such as /run/netns/NAME or /proc/PID/ns/net.");
        }
    }

    private const string Examples =
        """
        A pod counts as this node's by spec.nodeName; the annotation ringfence.dev/interface names its interface on the node, and
        status.podIPs its addresses. Pods that lack them stay closed. A state with errors is not enforced: what was enforced
        before stays in force, as it does when the agent ends or is killed.

        Examples:
          ringfence agent -f cluster/ --node node-1 --netns /run/netns/node-1
          ringfence agent -f cluster/ --node node-1 --netns /run/netns/node-1 --once
        """;
}
