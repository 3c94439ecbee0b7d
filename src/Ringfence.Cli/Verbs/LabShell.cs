using System.Collections.Immutable;
using System.ComponentModel;
using Ringfence.Cli.Output;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Lab.Daemon;
using Ringfence.Lab.Execution;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary>Runs a command in a pod's network, in place of this process.</summary>
internal static class LabShell
{
    // As shells have it: the command is not there, or cannot be run.
    private const int NotFound = 127;
    private const int NotRunnable = 126;
    private const int NoEntry = 2;

    /// <summary>Runs it; a shell where there is none.</summary>
    /// <returns>An exit code where it cannot be run; otherwise it never returns.</returns>
    public static int Run(PodReply pod, IReadOnlyList<string> command, Terminal terminal)
    {
        using var network = NetworkNamespace.Open(pod.NetworkPath);
        try
        {
            PodCommand.Become(
                new PodPlace(network, pod.Namespace, pod.Name, Addresses(pod.Addresses), Addresses(pod.NameServers)),
                command.Count > 0 ? command : [Environment.GetEnvironmentVariable("SHELL") is { Length: > 0 } shell ? shell : "/bin/sh"]);
            return NotRunnable;
        }
        catch (Win32Exception problem)
        {
            terminal.Tell(Severity.Error, problem.Message);
            return problem.NativeErrorCode == NoEntry ? NotFound : NotRunnable;
        }
    }

    private static ImmutableArray<Address> Addresses(ImmutableArray<string> texts) =>
        [.. texts.Select(text => Address.TryParse(text, out var address) ? address : throw new FormatException(text))];
}
