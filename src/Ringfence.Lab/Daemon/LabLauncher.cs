using System.Diagnostics;
using Ringfence.Lab.Processes;

namespace Ringfence.Lab.Daemon;

/// <summary>Starts the process that holds a lab.</summary>
public static class LabLauncher
{
    /// <summary>Starts it, and waits until it listens.</summary>
    /// <param name="command">The program and its arguments, which end in <see cref="LabProcess.Run"/>.</param>
    /// <exception cref="LabException">It did not come so far.</exception>
    public static Process Start(IReadOnlyList<string> command)
    {
        // Files that a shell left open here, a lock for one, are not for a process that outlives it.
        _ = Native.close_range(3, uint.MaxValue, Native.CLOSE_RANGE_CLOEXEC);
        var process = Process.Start(ChildStart.Of(command, "RINGFENCE_RUN"))!;
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
