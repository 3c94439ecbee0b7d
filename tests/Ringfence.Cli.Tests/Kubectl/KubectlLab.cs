using System.Diagnostics;
using System.Text;

namespace Ringfence.Cli.Tests.Kubectl;

/// <summary>One lab of three nodes for many tests, each with namespaces of its own, driven by kubectl.</summary>
public sealed class KubectlLab : IAsyncLifetime
{
    private const string Program = "kubectl";

    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);
    private LabRun? _lab;
    private string _cache = "";

    /// <summary>The lab's own verbs.</summary>
    internal LabRun Lab => _lab!;

    /// <summary>The environment by which kubectl finds the lab.</summary>
    internal IReadOnlyDictionary<string, string> Environment => _environment;

    /// <summary>Skips the test where there is no lab to be had.</summary>
    public static void IsNeeded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && System.Environment.IsPrivilegedProcess, "needs root: labs are network namespaces");
        Assert.SkipUnless(
            (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Join(folder, Program))), "needs kubectl");
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux() || !System.Environment.IsPrivilegedProcess) return default;
        _lab = new LabRun();
        var up = _lab.Lab("up", "-f", "examples/rag", "--nodes", "3");
        if (up.Code != 0)
        {
            _lab.Dispose();
            Assert.Fail(up.Error);
        }

        _cache = Directory.CreateTempSubdirectory("ringfence-kubectl-").FullName;
        _environment["KUBECONFIG"] = Path.Join(_lab.Labs, "default", "kubeconfig");
        _environment["KUBECACHEDIR"] = _cache;
        return default;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _lab?.Dispose();
        if (_cache.Length > 0) Directory.Delete(_cache, recursive: true);
        return default;
    }

    /// <summary>Runs kubectl.</summary>
    internal Run Kubectl(params string[] args) => KubectlWith(null, args);

    /// <summary>Runs kubectl, which must succeed.</summary>
    internal string Must(params string[] args)
    {
        var run = Kubectl(args);
        Assert.True(run.Code == 0, $"kubectl {string.Join(' ', args)}: {run.Code} {run.Error}{run.Out}");
        return run.Out;
    }

    /// <summary>Has kubectl apply a text.</summary>
    internal void Apply(string manifests)
    {
        var run = KubectlWith(manifests, "apply", "-f", "-");
        Assert.True(run.Code == 0, run.Error);
    }

    /// <summary>Runs kubectl with input.</summary>
    internal Run KubectlWith(string? input, params string[] args)
    {
        IsNeeded();
        using var process = Start(args);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input ?? "");
        process.StandardInput.Close();
        process.WaitForExit();
        return new Run(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Starts kubectl, and leaves it running.</summary>
    internal Process Start(params string[] args)
    {
        var start = new ProcessStartInfo(Program, args)
        {
            WorkingDirectory = RepositoryRoot.Path,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Whether a pod can connect to a destination, by the program that conformance tests use.</summary>
    internal bool Connects(string @namespace, string pod, string destination, string protocol = "tcp")
    {
        var run = Kubectl("-n", @namespace, "exec", pod, "--", "/agnhost", "connect", destination, "--timeout=3s", $"--protocol={protocol}");
        Assert.True(run.Code == 0 || run.Error.StartsWith("TIMEOUT", StringComparison.Ordinal), run.Error);
        return run.Code == 0;
    }

    /// <summary>Waits until a pod can, or can no longer, connect.</summary>
    internal void UntilConnects(bool isOpen, string @namespace, string pod, string destination) =>
        LabRun.Until(() => Connects(@namespace, pod, destination) == isOpen, $"{@namespace}/{pod} {(isOpen ? "reaches" : "does not reach")} {destination}");
}

/// <summary>The tests that share the lab.</summary>
[CollectionDefinition(Name)]
public sealed class KubectlCollection : ICollectionFixture<KubectlLab>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "a lab that kubectl drives";
}
