using System.Diagnostics;
using System.Text;

namespace Ringfence.Kubernetes.Tests.ApiServer;

/// <summary>What a run of kubectl left behind.</summary>
internal sealed record KubectlRun(int Code, string Out, string Error)
{
    public IEnumerable<string> Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs the machine's kubectl against a server.</summary>
internal sealed class Kubectl(TestServer server)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "kubectl")).FirstOrDefault(File.Exists);

    /// <summary>Skips the test where there is no kubectl.</summary>
    public static void Require() => Assert.SkipWhen(Program is null, "needs kubectl");

    /// <summary>Runs it, and expects it to succeed.</summary>
    public string Run(params string[] args)
    {
        var run = Try(null, args);
        Assert.True(run.Code == 0, $"kubectl {string.Join(' ', args)}: {run.Code}\n{run.Out}\n{run.Error}");
        return run.Out;
    }

    /// <summary>Runs it with a manifest as its input, and expects it to succeed.</summary>
    public string Give(string input, params string[] args)
    {
        var run = Try(input, args);
        Assert.True(run.Code == 0, $"kubectl {string.Join(' ', args)}: {run.Code}\n{run.Out}\n{run.Error}");
        return run.Out;
    }

    /// <summary>Runs it.</summary>
    public KubectlRun Try(string? input, params string[] args)
    {
        using var process = Start(args);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"kubectl {string.Join(' ', args)} did not end");
        }

        return new KubectlRun(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Starts it, and leaves it running.</summary>
    public Process Start(params string[] args)
    {
        var start = new ProcessStartInfo(Program!, args)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["KUBECONFIG"] = server.KubeConfig;
        start.Environment["HOME"] = server.Folder.Path;
        start.Environment["KUBECACHEDIR"] = server.Folder.File("cache");
        start.Environment["KUBE_EDITOR"] = server.Folder.File("editor");
        return Process.Start(start)!;
    }
}
