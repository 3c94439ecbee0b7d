using System.Diagnostics;

namespace Ringfence.Lab.Processes;

/// <summary>How processes are started that live by themselves: everything that they say is read, and of this process's environment they get little.</summary>
internal static class ChildStart
{
    // What the runtime and the commands that it starts need; the rest is the user's own.
    private static readonly string[] Kept = ["PATH", "LANG", "HOME"];

    /// <summary>The start of a process, which keeps no folder from being removed.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="kept">Variables to hand on beside those that every program needs and those of the runtime.</param>
    public static ProcessStartInfo Of(IReadOnlyList<string> command, params IReadOnlyList<string> kept)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = "/",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => !Kept.Contains(name) && !kept.Contains(name) && !name.StartsWith("DOTNET_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        return start;
    }
}
