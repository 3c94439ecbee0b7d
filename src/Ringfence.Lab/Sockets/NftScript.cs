using System.ComponentModel;
using System.Diagnostics;
using Ringfence.Dataplane;

namespace Ringfence.Lab.Sockets;

/// <summary>Loads rules that are the lab's own, not policy, with the <c>nft</c> program.</summary>
internal static class NftScript
{
    /// <summary>Loads a script into the namespace of the calling thread: a child is where its parent's thread was.</summary>
    /// <exception cref="MachineException"><c>nft</c> is missing or refuses.</exception>
    public static void LoadHere(string script)
    {
        try
        {
            var start = new ProcessStartInfo("nft", ["-f", "-"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true };
            using var nft = Process.Start(start)!;
            nft.StandardInput.Write(script);
            nft.StandardInput.Close();
            var complaint = nft.StandardError.ReadToEnd();
            nft.WaitForExit();
            if (nft.ExitCode != 0)
                throw new MachineException($"nft refuses the lab's address translation: {complaint.Trim()}", "use a kernel with nf_tables and its nat chains");
        }
        catch (Win32Exception missing)
        {
            throw new MachineException("nft is not installed", "apt-get install nftables", missing);
        }
    }
}
