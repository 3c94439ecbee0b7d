using Ringfence.Dataplane;

namespace Ringfence.Cli.CommandLine;

/// <summary>What a verb needs of the machine before anything else.</summary>
internal static class Requirements
{
    /// <summary>Checks that this is Linux and the user is root.</summary>
    /// <exception cref="MachineException">It is not.</exception>
    public static void LinuxAndRoot()
    {
        if (!OperatingSystem.IsLinux())
            throw new MachineException("this needs Linux: pods are network namespaces and policies are nftables rules", "Any Linux machine will do, also a virtual one.");
        if (!Environment.IsPrivilegedProcess)
            throw new MachineException("this needs root, to make network namespaces and nftables rules", $"sudo ./ringfence {string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Select(Quoted))}");
    }

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,@+%".Contains(c)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
