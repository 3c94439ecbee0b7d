using System.Diagnostics;

namespace Ringfence.Architecture.Tests;

/// <summary>Runs bash scripts.</summary>
internal static class Shell
{
    /// <summary>Runs a script and waits for its end.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="script">What bash runs.</param>
    /// <param name="environment">Variables to add to or change in the environment.</param>
    public static async Task<(int ExitCode, string Output, string Error)> Run(
        string folder, string script, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(10));
        process.StandardInput.Close();
        try
        {
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Skips the test where there is no bash to run what it tests.</summary>
    public static void Require() => Assert.SkipWhen(OperatingSystem.IsWindows(), "needs bash");
}
