using System.Diagnostics;
using System.Text;

namespace Ringfence.Cli.Tests;

/// <summary>What a run of the command left behind.</summary>
internal sealed record Run(int Code, string Out, string Error);

/// <summary>Runs the command as built, in a process of its own, from the repository's root.</summary>
internal static class RingfenceCommand
{
    public const string Shop = "tests/Ringfence.Cli.Tests/Manifests/shop";

    public static string Executable { get; } =
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "ringfence.exe" : "ringfence");

    public static Run Run(params string[] args) => RunWith(null, null, args);

    public static Run RunWith(string? input, IReadOnlyDictionary<string, string>? environment, params string[] args) => RunIn(RepositoryRoot.Path, input, environment, args);

    public static Run RunIn(string folder, string? input, IReadOnlyDictionary<string, string>? environment, params string[] args)
    {
        var start = new ProcessStartInfo(Executable, args)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Remove("COLUMNS");

        // No test may find the cluster of whoever runs it.
        start.Environment["KUBECONFIG"] = "/nonexistent/kubeconfig";
        start.Environment.Remove("KUBERNETES_SERVICE_HOST");
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input ?? "");
        process.StandardInput.Close();
        process.WaitForExit();
        return new Run(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
