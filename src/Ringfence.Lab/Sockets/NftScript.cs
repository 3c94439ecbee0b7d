using System.ComponentModel;
using System.Diagnostics;
using Ringfence.Dataplane;

namespace Ringfence.Lab.Sockets;

/// <summary>Loads rules that are the lab's own, not policy, with the <c>nft</c> program.</summary>
internal static class NftScript
{
    /// <summary>Loads a script into the namespace of the calling thread: a child is where its parent's thread was.</summary>
    /// <returns>The process that did it, which has ended.</returns>
    /// <exception cref="MachineException"><c>nft</c> is missing or refuses.</exception>
    public static int LoadHere(string script) => LoadHere(script, "nft");

    /// <summary>The same with a program other than <c>nft</c>.</summary>
    internal static int LoadHere(string script, string program)
    {
        try
        {
            var start = new ProcessStartInfo(program, ["-f", "-"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true };
            using var nft = Process.Start(start)!;
            var tooShort = Feed(nft.StandardInput, script);
            var complaint = nft.StandardError.ReadToEnd().Trim();
            nft.WaitForExit();
            if (nft.ExitCode == 0 && tooShort is null) return nft.Id;
            throw complaint.Length == 0
                ? new MachineException($"nft ended with code {nft.ExitCode} before the lab's address translation was loaded", "see whether nft is whole and has the memory it needs: nft --version", tooShort)
                : new MachineException($"nft refuses the lab's address translation: {complaint}", "use a kernel with nf_tables and its nat chains", tooShort);
        }
        catch (Win32Exception missing)
        {
            throw new MachineException("nft is not installed", "apt-get install nftables", missing);
        }
    }

    // A program that ends before it has read everything closes its end.
    private static IOException? Feed(StreamWriter input, string script)
    {
        try
        {
            using (input) input.Write(script);
            return null;
        }
        catch (IOException ended)
        {
            return ended;
        }
    }
}
