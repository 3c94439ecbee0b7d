using System.Globalization;
using Ringfence.Dataplane;
using Ringfence.Lab.Planning;

namespace Ringfence.Lab;

/// <summary>How many files this process may have open: a lab holds a namespace for each pod and a socket for each of its ports.</summary>
/// <remarks>getrlimit(2). The runtime raises the soft limit to the hard one; root may raise that as well.</remarks>
internal static unsafe class OpenFiles
{
    // As many as systemd gives its services.
    private const ulong Plenty = 1 << 19;

    // The runtime's own, and those of probes under way.
    private const int Others = 512;

    /// <summary>Sees to it that a lab's files can be opened.</summary>
    /// <exception cref="MachineException">They are more than this process may open.</exception>
    public static void Allow(LabPlan plan)
    {
        var limits = stackalloc ulong[2];
        if (Native.getrlimit(Native.RLIMIT_NOFILE, limits) < 0) return;
        var needed = (ulong)(Others + plan.Pods.Values.Sum(pod => 2 + (pod.Pod.Addresses.Length * (1 + pod.Pod.Network.Ports.Length))));
        if (limits[0] >= needed) return;
        var wanted = Math.Max(Plenty, needed);
        var raised = stackalloc ulong[] { wanted, Math.Max(wanted, limits[1]) };
        if (Native.setrlimit(Native.RLIMIT_NOFILE, raised) == 0) return;
        throw new MachineException(
            string.Create(CultureInfo.InvariantCulture, $"{plan.Pods.Count} pods need up to {needed} open files, and this process may have {limits[0]}"),
            string.Create(CultureInfo.InvariantCulture, $"ulimit -n {needed}"));
    }
}
