using System.Globalization;

namespace Ringfence.Lab.Execution;

/// <summary>The processes of a session: what a command started, as far as that did not leave it.</summary>
internal static class ProcessSession
{
    /// <summary>Ends them all, the leader first.</summary>
    public static void Kill(int leader)
    {
        _ = Libc.kill(-leader, Libc.SIGKILL);
        _ = Libc.kill(leader, Libc.SIGKILL);
        foreach (var other in Of(leader)) _ = Libc.kill(other, Libc.SIGKILL);
    }

    private static IEnumerable<int> Of(int leader)
    {
        var session = leader.ToString(CultureInfo.InvariantCulture);
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process) && SessionIn(folder) == session)
                yield return process;
    }

    // proc_pid_stat(5): after the name in brackets come state, parent, group, session.
    private static string? SessionIn(string folder)
    {
        try
        {
            var text = File.ReadAllText($"{folder}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ', 5) is [_, _, _, var session, _] ? session : null;
        }
        catch (Exception ended) when (ended is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
