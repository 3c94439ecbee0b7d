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

    /// <summary>
    /// What nft lists of the table, object by object in the order of their text (nft lists them as they came), without the table's owner and flags.
    /// </summary>
    public static string List(NetworkNamespace network)
    {
        var objects = Succeed(network, $"list table {Table}\n").Split("\n\t}\n").Select(o => o.TrimStart('\n')).ToList();
        objects[0] = objects[0][(objects[0].IndexOf("\n\t", StringComparison.Ordinal) + 1)..];
        if (objects[0].StartsWith("\tflags ", StringComparison.Ordinal)) objects[0] = objects[0][objects[0].IndexOf('\n')..].TrimStart('\n');
        return string.Join('\n', objects.Order(StringComparer.Ordinal));
    }

    public static void NeedsRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it makes network namespaces and changes nftables in them");
}
