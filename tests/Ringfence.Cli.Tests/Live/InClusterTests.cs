using System.Diagnostics;
using System.Globalization;
using Ringfence.Dataplane.Namespaces;

namespace Ringfence.Cli.Tests.Live;

/// <summary>Inside a pod: what finds the cluster is the pod's environment and its service account's token, which is replaced from time to time.</summary>
public sealed class InClusterTests : IAsyncLifetime
{
    private const string Account = "reader";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ringfence-pod-");
    private LiveApi _api = null!;
    private Relay _relay = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root: a pod has files of its own");
        _api = await LiveApi.StartAsync("examples/rag");
        _relay = new Relay(new Uri(_api.Address).Port);
        Kubectl("create", "serviceaccount", Account);
        File.WriteAllText(Path.Combine(_folder.FullName, "ca.crt"), _api.Authority);
        File.WriteAllText(Path.Combine(_folder.FullName, "namespace"), "ai-platform");
        ReplaceToken();
    }

    public async ValueTask DisposeAsync()
    {
        if (_relay is not null) await _relay.DisposeAsync();
        if (_api is not null) await _api.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Verbs_answer_from_the_cluster_that_the_pod_is_in()
    {
        using var process = StartInPod("can", "chat-ui", "vector-db:6333");
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(_api.Run("can", "ai-platform/chat-ui", "ai-platform/vector-db:6333").Out, output);
        Assert.Contains($"reading the cluster of context in-cluster, https://127.0.0.1:{_relay.Port}\n", await error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_agent_goes_on_with_the_token_that_comes_next()
    {
        using var network = NetworkNamespace.Create();
        using var agent = StartInPod("agent", "--node", "node-1", "--netns", network.Path, "--health-bind-address", "0");
        try
        {
            var said = new Said(agent);
            AddPod("first", "10.1.2.3");
            LabRun.Until(() => IsKnown(network, "10.1.2.3"), "the first pod is known");

            // Its token is no longer good, and what it watched by it has ended.
            Kubectl("delete", "serviceaccount", Account);
            _relay.Drop();
            LabRun.Until(() => said.Text.Contains("Unauthorized", StringComparison.Ordinal), "it is told that it is not known");
            AddPod("second", "10.1.2.4");
            Kubectl("create", "serviceaccount", Account);
            ReplaceToken();

            LabRun.Until(() => IsKnown(network, "10.1.2.4"), "the second pod is known");
            Assert.True(IsKnown(network, "10.1.2.3"));
        }
        finally
        {
            agent.Kill();
            agent.WaitForExit();
        }
    }

    private void AddPod(string name, string address)
    {
        Kubectl("run", name, "--image=none", "--annotations=ringfence.dev/interface=veth-" + name, "--overrides={\"spec\":{\"nodeName\":\"node-1\"}}");
        Kubectl("patch", "pod", name, "--subresource=status", "--type=merge", "-p", $$$"""{"status":{"phase":"Running","podIP":"{{{address}}}","podIPs":[{"ip":"{{{address}}}"}]}}""");
    }

    private static bool IsKnown(NetworkNamespace network, string address) => network.Run(() =>
    {
        using var nft = Process.Start(new ProcessStartInfo("nft", ["list", "ruleset"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        return nft.StandardOutput.ReadToEnd().Contains(address, StringComparison.Ordinal);
    });

    // As the kubelet does: the file is there at any time.
    private void ReplaceToken()
    {
        var next = Path.Combine(_folder.FullName, "next");
        File.WriteAllText(next, Kubectl("create", "token", Account));
        File.Move(next, Path.Combine(_folder.FullName, "token"), overwrite: true);
    }

    private string Kubectl(params string[] words)
    {
        var start = new ProcessStartInfo("kubectl", words) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["KUBECONFIG"], start.Environment["HOME"]) = (_api.Config, _folder.FullName);
        using var kubectl = ProcessStart.OrSkip(start);
        var error = kubectl.StandardError.ReadToEndAsync();
        var output = kubectl.StandardOutput.ReadToEnd();
        kubectl.WaitForExit();
        Assert.True(kubectl.ExitCode == 0, error.GetAwaiter().GetResult());
        return output;
    }

    /// <summary>Starts the program where it sees the service account's files at their place, and nobody else does.</summary>
    private Process StartInPod(params string[] words)
    {
        const string Enter = "mount -t tmpfs none /var/run && mkdir -p /var/run/secrets/kubernetes.io && ln -s \"$0\" /var/run/secrets/kubernetes.io/serviceaccount && exec \"$@\"";
        var start = new ProcessStartInfo("unshare", ["--mount", "--", "sh", "-c", Enter, _folder.FullName, RingfenceCommand.Executable, .. words])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = "/nonexistent/kubeconfig";
        start.Environment["KUBERNETES_SERVICE_HOST"] = "127.0.0.1";
        start.Environment["KUBERNETES_SERVICE_PORT"] = _relay.Port.ToString(CultureInfo.InvariantCulture);
        return ProcessStart.OrSkip(start);
    }

    /// <summary>What a process says on its standard error.</summary>
    private sealed class Said
    {
        private readonly System.Text.StringBuilder _text = new();

        public Said(Process process)
        {
            process.ErrorDataReceived += (_, line) =>
            {
                lock (_text) _text.Append(line.Data).Append('\n');
            };
            process.BeginErrorReadLine();
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
        }

        public string Text
        {
            get
            {
                lock (_text) return _text.ToString();
            }
        }
    }
}
