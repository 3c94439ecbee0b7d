namespace Ringfence.Dataplane.Namespaces;

/// <summary>Switches of a network namespace under <c>/proc/sys/net</c>.</summary>
public static class Sysctl
{
    /// <summary>Writes switches in a namespace. Those that the kernel does not have are left out.</summary>
    /// <param name="network">The namespace, one that this program made.</param>
    /// <param name="values">Names below <c>/proc/sys/net</c> such as <c>ipv4/ip_forward</c>, with their values.</param>
    /// <exception cref="MachineException">They cannot be written here.</exception>
    public static void Write(NetworkNamespace network, params IReadOnlyList<(string Name, string Value)> values) => network.Run(() =>
    {
        foreach (var (name, value) in values)
        {
            try
            {
                // The kernel gives each thread the files of the namespace that it is in.
                File.WriteAllText($"/proc/sys/net/{name}", value);
            }
            catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
            {
                // A kernel without IPv6 lacks its switches.
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                throw new MachineException($"cannot write /proc/sys/net/{name}: {refused.Message}", "run it where /proc/sys can be written (in a container: --privileged)", refused);
            }
        }
    });
}
