using System.Collections;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Ringfence.Dataplane;

namespace Ringfence.Lab.Execution;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Its exit code; 128 and the number of the signal that ended it.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Errors">What it wrote to standard error.</param>
public sealed record CommandResult(int ExitCode, string Output, string Errors);

/// <summary>Runs a command of this machine with the network, names and resolver of a pod. It has the machine's files: a pod of the lab has no image.</summary>
public static class PodCommand
{
    private const int StackSize = 256 * 1024;

    /// <summary>
    /// Becomes the command: on success it never returns. The command has this process's terminal, files and number, so that signals reach it and
    /// its exit code is the process's.
    /// </summary>
    /// <param name="place">The pod.</param>
    /// <param name="command">The program, looked up in <c>PATH</c>, and its arguments.</param>
    /// <exception cref="Win32Exception">The program cannot be run: its <see cref="Win32Exception.NativeErrorCode"/> is 2 where there is none.</exception>
    /// <exception cref="MachineException">The machine lacks something.</exception>
    public static void Become(PodPlace place, IReadOnlyList<string> command) => OnThread(() =>
    {
        PodView.Enter(place);
        Execute(command, Environment(place));
    });

    /// <summary>Runs the command as a child without input and waits until it has ended.</summary>
    /// <param name="place">The pod.</param>
    /// <param name="command">The program, looked up in <c>PATH</c>, and its arguments.</param>
    /// <param name="cancellation">Ends the command and what it started.</param>
    /// <exception cref="Win32Exception">The program cannot be run.</exception>
    /// <exception cref="MachineException">The machine lacks something.</exception>
    public static async Task<CommandResult> RunAsync(PodPlace place, IReadOnlyList<string> command, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment(place)) start.Environment[name] = value;
        Process? started = null;

        // A child is where its parent's thread was.
        OnThread(() =>
        {
            PodView.Enter(place);
            started = Process.Start(start);
        });
        using var process = started!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            await process.WaitForExitAsync(cancellation);
            return new CommandResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static unsafe void Execute(IReadOnlyList<string> command, Dictionary<string, string> variables)
    {
        // What the runtime ignores, its successor would ignore too.
        Native.signal(Native.SIGPIPE, 0);
        var none = stackalloc ulong[16];
        new Span<ulong>(none, 16).Clear();
        _ = Native.pthread_sigmask(Native.SIG_SETMASK, none, null);
        using var arguments = new NativeStrings(command);
        using var environment = new NativeStrings(variables.Select(pair => $"{pair.Key}={pair.Value}"));
        _ = Native.execvpe(arguments.First, arguments.All, environment.All);
        var code = Marshal.GetLastPInvokeError();
        throw new Win32Exception(code, $"cannot run {command[0]}: {Marshal.GetPInvokeErrorMessage(code)}");
    }

    private static Dictionary<string, string> Environment(PodPlace place)
    {
        var environment = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);
        environment["HOSTNAME"] = place.HostName;
        return environment;
    }

    // The thread stays in the pod's view and so must end; the pool's never go there.
    private static void OnThread(Action action)
    {
        ExceptionDispatchInfo? problem = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception thrown)
                {
                    problem = ExceptionDispatchInfo.Capture(thrown);
                }
            },
            StackSize) { IsBackground = true };
        thread.Start();
        thread.Join();
        problem?.Throw();
    }
}
