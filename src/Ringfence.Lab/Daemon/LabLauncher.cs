using System.Diagnostics;

namespace Ringfence.Lab.Daemon;

/// <summary>Starts the process that holds a lab.</summary>
public static class LabLauncher
{
    // What the runtime and the commands that it starts need; the rest is the user's own.
    private static readonly string[] Kept = ["PATH", "LANG", "HOME", "RINGFENCE_RUN"];

    /// <summary>Starts it, and waits until it listens.</summary>
    /// <param name="command">The program and its arguments, which end in <see cref="LabProcess.Run"/>.</param>
    /// <exception cref="LabException">It did not come so far.</exception>
    public static Process Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = "/",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => !Kept.Contains(name) && !name.StartsWith("DOTNET_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);

        // Files that a shell left open here, a lock for one, are not for a process that outlives it.
        _ = Native.close_range(3, uint.MaxValue, Native.CLOSE_RANGE_CLOEXEC);
        var process = Process.Start(start)!;
        try
        {
            if (process.StandardOutput.ReadLine() == LabProcess.Ready) return process;
            var error = process.StandardError.ReadToEnd().Trim().Split('\n');
            throw new LabException(error[0].Length > 0 ? error[0] : "the lab's process ended at once", error[1..]);
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }
}
