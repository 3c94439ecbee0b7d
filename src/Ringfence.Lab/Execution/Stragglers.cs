using System.Globalization;
using Ringfence.Dataplane.Namespaces;

namespace Ringfence.Lab.Execution;

/// <summary>Processes that a command left behind: they are in a space and in a pod's network, whatever became of their session and their parents.</summary>
internal static class Stragglers
{
    // One that is being made while others are ended is found at the next look.
    private const int MostLooks = 5;

    /// <summary>Ends those of one network.</summary>
    /// <param name="space">The file of the space of processes that they are in; what is in another one is let alone.</param>
    /// <param name="network">The network.</param>
    public static void End(string space, NetworkNamespace network)
    {
        var (inside, at) = (Target(space), Target(network.Path));
        if (inside is null || at is null) return;
        for (var look = 0; look < MostLooks; look++)
        {
            var found = false;
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
            {
                if (!int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var process)) continue;
                if (Target($"{folder}/ns/net") != at || Target($"{folder}/ns/pid") != inside) continue;
                found = true;
                _ = Libc.kill(process, Libc.SIGKILL);
            }

            if (!found) return;
        }
    }

    private static string? Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (Exception ended) when (ended is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
