using System.ComponentModel;
using System.Diagnostics;
using Ringfence.Dataplane;
using Ringfence.Dataplane.Namespaces;

namespace Ringfence.Lab.Services;

/// <summary>Runs <c>nft</c> inside a namespace.</summary>
/// <remarks>nft(8).</remarks>
internal static class NftProgram
{
    /// <summary>Loads a script in one transaction.</summary>
    /// <exception cref="MachineException">There is no nft, or it refuses.</exception>
    public static void Load(NetworkNamespace network, string script)
    {
        // A child process is in the namespace of the thread that starts it.
        using var nft = network.Run(Start);
        var errors = nft.StandardError.ReadToEndAsync();
        try
        {
            nft.StandardInput.Write(script);
            nft.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read everything; what it says tells why.
        }

        nft.WaitForExit();
        if (nft.ExitCode != 0)
            throw new MachineException($"nft refuses the rules of Services: {errors.GetAwaiter().GetResult().Trim()}", "use a kernel with nf_tables and nf_nat, and nft 1.0 or newer");
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo("nft", ["-f", "-"]) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new MachineException("there is no program nft", "apt-get install nftables", missing);
        }
    }
}
