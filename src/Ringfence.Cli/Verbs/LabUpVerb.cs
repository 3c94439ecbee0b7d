using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Output;
using Ringfence.Lab;
using Ringfence.Lab.Daemon;

namespace Ringfence.Cli.Verbs;

/// <summary><c>lab up</c>: starts a lab.</summary>
internal static class LabUpVerb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("up", "Start a lab with the workloads, Services and policies of manifests, and wait until it works.");
        var nodes = NumberOption.Create("--nodes", $"How many nodes, 1 to {LabOptions.MostNodes}", new LabOptions().Nodes, LabOptions.MostNodes);
        var v6 = new Option<bool>("--ipv6") { Description = "Addresses are IPv6." };
        var dual = new Option<bool>("--dual-stack") { Description = "Every pod has an IPv4 and an IPv6 address." };
        var noEnforce = new Option<bool>("--no-enforce") { Description = "Do not enforce policies: every pod reaches every pod." };
        var keepFlows = new Option<bool>("--keep-flows") { Description = "Let established connections go on that a later change of policy denies." };
        var apiPort = NumberOption.Create("--api-port", "The port of the lab's API server on this machine (default: one that is free)", 0, 65535);
        var manifests = new LabManifests(command, "What the lab runs (default: DNS alone)");
        foreach (var option in (Option[])[nodes, v6, dual, noEnforce, keepFlows, apiPort]) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(v6) && result.GetValue(dual)) result.AddError("--ipv6 and --dual-stack exclude each other");
        });
        var lab = new LabArguments(command);
        command.SetAction(parsed =>
        {
            var terminal = lab.Terminal(parsed);
            var folder = lab.Folder(parsed);
            var sent = manifests.Read(parsed, terminal, isRequired: false);
            return Run(folder, terminal, new UpRequest(
                new LabOptions
                {
                    Name = folder.Name,
                    Nodes = parsed.GetValue(nodes),
                    Families = parsed.GetValue(dual) ? LabFamilies.Dual : parsed.GetValue(v6) ? LabFamilies.V6 : LabFamilies.V4,
                    Enforce = !parsed.GetValue(noEnforce),
                    Revoke = !parsed.GetValue(keepFlows),
                    ApiPort = parsed.GetValue(apiPort),
                },
                sent));
        });
        return new Verb(command, Examples);
    }

    private static int Run(LabFolder folder, Terminal terminal, UpRequest request)
    {
        // One that runs answers for itself; what a killed one left is told of.
        LabArguments.TryConnect(folder, terminal)?.Dispose();
        var start = Stopwatch.GetTimestamp();
        var interrupted = 0;
        using var process = LabLauncher.Start(LabVerb.ProcessCommand(folder.Name));
        using var connection = LabConnection.TryOpen(folder) ?? throw new LabException("the lab's process ended at once", folder.LogEnd());
        // Its end of the connection is how the process knows that nobody waits for the lab any more.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, GiveUp);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, GiveUp);
        using var progress = new LabProgress(terminal);
        LabStatus status;
        try
        {
            status = ((StatusReply)connection.Ask(request, reply => progress.Say((reply as ProgressReply)?.Text))).Status;
        }
        catch (Exception exception) when (exception is LabException or Dataplane.MachineException)
        {
            progress.Dispose();
            var isInterrupted = Volatile.Read(ref interrupted) > 0;
            AwaitEnd(process, folder, isInterrupted);
            if (!isInterrupted) throw;
            terminal.Tell(Model.Severity.Note, "stopped; nothing is left of the lab");
            return ExitCode.Interrupted;
        }

        progress.Dispose();
        new LabText(terminal).WriteUp(status, Stopwatch.GetElapsedTime(start));
        terminal.Flush();
        return ExitCode.Yes;

        void GiveUp(PosixSignalContext context)
        {
            context.Cancel = true;
            // Who insists does not want to wait for an orderly end.
            if (Interlocked.Increment(ref interrupted) > 1) process.Kill();
            else connection.Abandon();
        }
    }

    private static void AwaitEnd(Process process, LabFolder folder, bool isInterrupted)
    {
        // Who is interrupted before the question was sent leaves a process behind that does not know it is not wanted.
        if (isInterrupted && !process.WaitForExit(Moment))
            using (var last = LabConnection.TryOpen(folder)) last?.TakeDown();
        if (process.WaitForExit(Patience)) return;
        process.Kill();
        process.WaitForExit();
        folder.CleanUp();
    }

    private const string Examples =
        """
        Workloads become pods that listen on the ports that they declare and answer with their name. Services, DNS and an outside
        world work as in a cluster, and kubectl drives it: the kubeconfig is told at the end. An agent on each node enforces what the
        API says. The lab runs in the background until 'ringfence lab down'; Ctrl-C while it comes up leaves nothing.

        Examples:
          sudo ringfence lab up -f examples/rag
          sudo ringfence lab up -f examples/rag --nodes 3 --dual-stack
          sudo ringfence lab up --name empty
          kubectl get ns,pods,deploy,svc,netpol -A -o json | sudo ringfence lab up -f - --name copy
        """;
}
