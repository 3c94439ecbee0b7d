namespace Ringfence.Lab.Sockets;

/// <summary>The answers that the kernel itself gives to packets for a namespace: resets and ICMP errors.</summary>
internal static class KernelAnswers
{
    private static readonly (string Setting, string Value)[] Settings =
    [
        ("/proc/sys/net/ipv4/icmp_ratemask", "0"),
        ("/proc/sys/net/ipv4/icmp_msgs_per_sec", "1000000"),
        ("/proc/sys/net/ipv4/icmp_msgs_burst", "1000000"),
        ("/proc/sys/net/ipv6/icmp/ratelimit", "0"),
    ];

    /// <summary>
    /// Makes the kernel answer every packet in the namespace of the calling thread: it otherwise keeps back ICMP errors after the first few of a
    /// second, and a refused probe would look dropped. Where a kernel lacks a setting or its place is read-only, the limit stays.
    /// </summary>
    /// <remarks>https://docs.kernel.org/networking/ip-sysctl.html: the files under <c>/proc/sys/net</c> are those of the thread's namespace.</remarks>
    public static void DoNotLimit()
    {
        foreach (var (setting, value) in Settings)
            try
            {
                File.WriteAllText(setting, value);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                // The limit stays.
            }
    }
}
