using System.CommandLine;
using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;
using Ringfence.Agent;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Output;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Kubernetes.Client;
using Ringfence.Kubernetes.Client.Access;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary><c>agent</c>: enforces the policies of one node.</summary>
internal static class AgentVerb
{
    // Beside those of Kubernetes' own components on a node (10248 to 10259).
    private const string DefaultHealth = "127.0.0.1:10262";

    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var files = new Option<string[]>("--filename", "-f") { Description = "Follow these files and folders of manifests in place of the Kubernetes API.", HelpName = "FILE|DIR", DefaultValueFactory = _ => [] };
        var node = new Option<string>("--node") { Description = "The node whose pods to enforce for: those with this spec.nodeName.", HelpName = "NAME", Required = true };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "How to reach the API; without it as kubectl finds it, and in a pod as pods do.", HelpName = "FILE" };
        var context = new Option<string?>("--context") { Description = "The context of the kubeconfig; the current one without it.", HelpName = "NAME" };
        var network = new Option<string?>("--netns") { Description = "The node's network namespace.", HelpName = "PATH" };
        var thisMachine = new Option<bool>("--this-machine") { Description = "The node is this machine: its own firewall gets a table of ours." };
        var keepFlows = new Option<bool>("--keep-flows") { Description = "Let established flows go on that a change denies." };
        var once = new Option<bool>("--once") { Description = "Enforce once and end; what is enforced stays in force." };
        var health = new Option<string>("--health-bind-address")
        {
            Description = "Where /healthz and /readyz answer, with the API alone; 0 for nowhere, port 0 for any that is free.", HelpName = "HOST:PORT", DefaultValueFactory = _ => DefaultHealth,
        };
        var logFormat = new Option<string>("--log-format") { Description = "The form of logs, with the API alone.", HelpName = "text|json", DefaultValueFactory = _ => "text" };
        logFormat.AcceptOnlyFromAmong("text", "json");
        var endWithInput = new Option<bool>("--end-with-stdin") { Description = "End when standard input closes, so that it ends with whoever started it.", Hidden = true };
        var command = new Command("agent", "Enforce the policies of one node: follow the Kubernetes API, or manifests.")
        {
            files, node, kubeconfig, context, network, thisMachine, keepFlows, once, health, logFormat, endWithInput,
        };
        command.SetAction(parsed => Run(new AgentChoices
        {
            Files = parsed.GetValue(files)!,
            Node = parsed.GetRequiredValue(node),
            Kubeconfig = parsed.GetValue(kubeconfig),
            Context = parsed.GetValue(context),
            Network = parsed.GetValue(network),
            ThisMachine = parsed.GetValue(thisMachine),
            KeepFlows = parsed.GetValue(keepFlows),
            Once = parsed.GetValue(once),
            Health = parsed.GetValue(health)!,
            JsonLogs = parsed.GetValue(logFormat) == "json",
            EndWithInput = parsed.GetValue(endWithInput),
        }));
        return new Verb(command, Examples);
    }

    private static int Run(AgentChoices choices)
    {
        if (choices.Files.Contains("-")) throw new CommandException("an agent follows files: standard input cannot be followed");
        if (choices.Files.Length > 0 && (choices.Kubeconfig ?? choices.Context) is not null)
            throw new CommandException("an agent follows either manifests (-f) or an API (--kubeconfig, --context)");
        using var network = NetworkOf(choices);
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        if (choices.EndWithInput) StopWithInput(stop);
        return choices.Files.Length > 0 ? FollowFiles(choices, network, stop.Token) : FollowApi(choices, network, stop.Token);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static int FollowFiles(AgentChoices choices, NetworkNamespace network, CancellationToken stop)
    {
        var terminal = new Terminal(noColour: true);
        using var agent = new NodeAgent(network, new NodeAgentOptions
        {
            Revoke = !choices.KeepFlows,
            Table = new() { OnForeignChange = change => terminal.Tell(Severity.Warning, $"{change} changed the node's rules") },
        });
        var follower = new ManifestAgent(agent, choices.Node, [.. choices.Files], terminal.Tell);
        if (choices.Once) return follower.Update() ? ExitCode.Yes : ExitCode.Unusable;
        follower.FollowAsync(stop).GetAwaiter().GetResult();
        return ExitCode.Yes;
    }

    private static int FollowApi(AgentChoices choices, NetworkNamespace network, CancellationToken stop)
    {
        var options = new AgentHostOptions
        {
            Node = choices.Node,
            Access = AccessOf(choices),
            Network = network,
            Revoke = !choices.KeepFlows,
            Once = choices.Once,
            Health = choices.Once ? null : HealthOf(choices.Health),
        };
        using var logs = AgentLogs.Create(choices.JsonLogs);
        try
        {
            var inForce = AgentHost.RunAsync(options, logs, stop).GetAwaiter().GetResult();
            return inForce || !choices.Once ? ExitCode.Yes : ExitCode.Unusable;
        }
        catch (IOException problem) when (options.Health is not null)
        {
            throw new CommandException($"--health-bind-address {choices.Health}: {problem.Message}", "Give another address, port 0 for any that is free, or 0 for none.");
        }
    }

    private static ClusterAccess AccessOf(AgentChoices choices)
    {
        try
        {
            return ClusterAccess.Find(choices.Kubeconfig, choices.Context)
                ?? throw new CommandException("no cluster to follow: there is no kubeconfig, and this is no pod", "Name one with --kubeconfig FILE, or manifests with -f.");
        }
        catch (ClusterException problem)
        {
            throw new CommandException(problem.Message, [.. problem.Hints]);
        }
    }

    private static IPEndPoint? HealthOf(string text)
    {
        if (text == "0") return null;
        return IPEndPoint.TryParse(text, out var endpoint) && text.Contains(':', StringComparison.Ordinal)
            ? endpoint
            : throw new CommandException($"--health-bind-address {text}: takes an address and a port, such as {DefaultHealth}, or 0 for nowhere");
    }

    // Read on a thread of its own: nothing that is read matters, and the end of it may never come.
    private static void StopWithInput(CancellationTokenSource stop) => new Thread(() =>
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[256];
        try
        {
            while (input.Read(buffer) > 0)
            {
                // Whoever holds it is still there.
            }
        }
        catch (IOException)
        {
            // It is not.
        }

        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Ending already.
        }
    }) { IsBackground = true, Name = "stdin" }.Start();

    private static NetworkNamespace NetworkOf(AgentChoices choices)
    {
        if (choices.Network is null)
            return choices.ThisMachine
                ? NetworkNamespace.Current()
                : throw new CommandException("the node's network is not named", "Name it with --netns PATH, or say --this-machine where this machine is the node.");
        var network = OpenNetwork(choices.Network);
        if (choices.ThisMachine || !network.IsOfMachine) return network;
        network.Dispose();
        throw new CommandException($"{choices.Network} is this machine's own network", "Where this machine is the node, say so: --this-machine.");
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

    private sealed record AgentChoices
    {
        public required string[] Files { get; init; }

        public required string Node { get; init; }

        public string? Kubeconfig { get; init; }

        public string? Context { get; init; }

        public string? Network { get; init; }

        public bool ThisMachine { get; init; }

        public bool KeepFlows { get; init; }

        public bool Once { get; init; }

        public required string Health { get; init; }

        public bool JsonLogs { get; init; }

        public bool EndWithInput { get; init; }
    }

    private const string Examples =
        """
        A pod counts as this node's by spec.nodeName; the annotation ringfence.dev/interface names its interface on the node, and
        status.podIPs its addresses. Pods that lack them stay closed, and so does one that claims what is another's. What was
        enforced stays in force while the API is away, when an object cannot be read, and when the agent ends or is killed.
        The agent only reads: get, list and watch of pods, namespaces, nodes and networkpolicies are all the rights that it needs.

        Examples:
          ringfence agent --node node-1 --netns /run/netns/node-1 --kubeconfig agent.kubeconfig
          ringfence agent --node $(hostname) --this-machine
          ringfence agent --node node-1 --netns /run/netns/node-1 --context prod --health-bind-address 0 --log-format json
          ringfence agent --node node-1 --netns /run/netns/node-1 -f cluster/
          ringfence agent --node node-1 --netns /run/netns/node-1 -f cluster/ --once
        """;
}
