using System.Diagnostics;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Rules;
using Xunit;

namespace Ringfence.Dataplane.Tests.Nftables;

/// <summary>The nft program, run inside a namespace: what it lists is what the kernel really has.</summary>
internal static class NftProgram
{
    public const string Table = "inet " + NodeRules.Table;

    /// <summary>Runs nft commands.</summary>
    /// <returns>What it printed, and what it complained of; null where it complained of nothing.</returns>
    public static (string Output, string? Error) Run(NetworkNamespace network, string script)
    {
        // A child is in the namespace of the thread that starts it.
        using var process = network.Run(() => Process.Start(new ProcessStartInfo("nft", ["-f", "-"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardInput.Write(script);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, process.ExitCode == 0 ? null : errors.Result);
    }

    /// <summary>Runs nft commands that must succeed.</summary>
    public static string Succeed(NetworkNamespace network, string script)
    {
        var (output, error) = Run(network, script);
        Assert.Null(error);
        return output;
    }

    /// <summary>What nft lists of the table, without what is not rules: its owner and what counters stand at.</summary>
    public static string List(NetworkNamespace network)
    {
        var lines = Succeed(network, $"list table {Table}\n").Split('\n').Where(l => l.Length > 0 && !l.StartsWith("\tflags ", StringComparison.Ordinal));
        return string.Join('\n', lines.Select(l => l.Split(" # progname ")[0]));
    }

    public static void NeedsRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it makes network namespaces and changes nftables in them");
}
