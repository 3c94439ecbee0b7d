using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Authentication;
using Ringfence.Kubernetes.ApiServer.Controllers;

namespace Ringfence.Kubernetes.Tests.ApiServer.Controllers;

/// <summary>The real kubectl follows workloads on a server with controllers, over HTTPS.</summary>
public sealed class KubectlRolloutTests : IAsyncLifetime
{
    private const string Web =
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}},
        "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"main","image":"main:1"}]}}}}
        """;

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private EmbeddedApiServer? _server;
    private Task _nodes = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedApiServer.StartAsync(new EmbeddedApiServerOptions { DataFolder = Path.Combine(_folder.Path, "data"), Controllers = new ControllerOptions() });
        KubeConfigWriter.Write(Path.Combine(_folder.Path, "kubeconfig"), "test", _server.Address, _server.CaPem, _server.IssueToken("admin", User.Masters));
        _server.Api.Create(Kinds.Nodes, TestApi.Object("""{"metadata":{"name":"node-1"}}"""));
        var loop = new ControllerLoop(_server.Api, new ControllerOptions(), context => [new FakeKubelet(context)], NullLogger.Instance, TimeProvider.System);
        _nodes = Task.Run(() => loop.RunAsync(_stop.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _nodes;
        await _server!.DisposeAsync();
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Rollouts_are_followed_undone_restarted_and_scaled()
    {
        await Kubectl(Web, "apply", "-f", "-");
        Assert.Contains("successfully rolled out", await Kubectl("rollout", "status", "deploy/web", "--timeout=120s"), StringComparison.Ordinal);

        await Kubectl(Web.Replace("main:1", "main:2", StringComparison.Ordinal), "apply", "-f", "-");
        Assert.Contains("successfully rolled out", await Kubectl("rollout", "status", "deploy/web", "--timeout=120s"), StringComparison.Ordinal);
        Assert.Equal("main:2 main:2 main:2", await Images());
        var history = await Kubectl("rollout", "history", "deploy/web");
        Assert.Contains("\n1 ", history, StringComparison.Ordinal);
        Assert.Contains("\n2 ", history, StringComparison.Ordinal);
        Assert.Contains("main:1", await Kubectl("rollout", "history", "deploy/web", "--revision=1"), StringComparison.Ordinal);

        await Kubectl("rollout", "undo", "deploy/web");
        await Kubectl("rollout", "status", "deploy/web", "--timeout=120s");
        Assert.Equal("main:1 main:1 main:1", await Images());

        await Kubectl("rollout", "restart", "deploy/web");
        await Kubectl("rollout", "status", "deploy/web", "--timeout=120s");
        Assert.Equal("4", await Kubectl("get", "deploy/web", "-o", @"jsonpath={.metadata.annotations.deployment\.kubernetes\.io/revision}"));

        await Kubectl("scale", "deploy/web", "--replicas=5");
        await Kubectl("wait", "deploy/web", "--for=jsonpath={.status.availableReplicas}=5", "--timeout=120s");
        await Kubectl("rollout", "pause", "deploy/web");
        await Kubectl("wait", "deploy/web", "--for=condition=Progressing=Unknown", "--timeout=120s");
        await Kubectl("rollout", "resume", "deploy/web");

        await Kubectl("delete", "deploy/web", "--cascade=foreground", "--timeout=120s");
        await Kubectl("wait", "pod", "-l", "app=web", "--for=delete", "--timeout=120s");
    }

    [Fact]
    public async Task Stateful_and_daemon_rollouts_are_followed_and_undone()
    {
        foreach (var (kind, more) in new[] { ("StatefulSet", "\"serviceName\":\"web\",\"replicas\":2,"), ("DaemonSet", "") })
        {
            var text = Web.Replace("Deployment", kind, StringComparison.Ordinal).Replace("\"replicas\":3,", more, StringComparison.Ordinal);
            await Kubectl(text, "apply", "-f", "-");
            await Kubectl("rollout", "status", $"{kind}/web", "--timeout=120s");
            await Kubectl(text.Replace("main:1", "main:2", StringComparison.Ordinal), "apply", "-f", "-");
            await Kubectl("rollout", "status", $"{kind}/web", "--timeout=120s");
            Assert.DoesNotContain("main:1", await Images(), StringComparison.Ordinal);
            Assert.Contains("\n2 ", await Kubectl("rollout", "history", $"{kind}/web"), StringComparison.Ordinal);
            await Kubectl("rollout", "undo", $"{kind}/web");
            await Kubectl("rollout", "status", $"{kind}/web", "--timeout=120s");
            Assert.DoesNotContain("main:2", await Images(), StringComparison.Ordinal);
            await Kubectl("delete", $"{kind}/web", "--timeout=120s");
            await Kubectl("wait", "pod", "-l", "app=web", "--for=delete", "--timeout=120s");
        }
    }

    [Fact]
    public async Task Namespace_is_gone_when_kubectl_says_so()
    {
        await Kubectl("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}""", "apply", "-f", "-");
        await Kubectl(Web, "apply", "-n", "shop", "-f", "-");
        await Kubectl("rollout", "status", "-n", "shop", "deploy/web", "--timeout=120s");
        Assert.Contains("Scaled up replica set", await Kubectl("describe", "-n", "shop", "deploy/web"), StringComparison.Ordinal);
        await Kubectl("delete", "namespace", "shop", "--timeout=120s");
        Assert.DoesNotContain("shop", await Kubectl("get", "namespaces", "-o", "name"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_are_tainted_cordoned_and_drained()
    {
        _server!.Api.Create(Kinds.Nodes, TestApi.Object("""{"metadata":{"name":"node-2"}}"""));
        await Kubectl("taint", "nodes", "node-2", "gpu=yes:NoSchedule");
        await Kubectl(Web, "apply", "-f", "-");
        await Kubectl("rollout", "status", "deploy/web", "--timeout=120s");
        Assert.Equal("node-1 node-1 node-1", await Nodes());

        await Kubectl("taint", "nodes", "node-2", "gpu-");
        Assert.Contains("node/node-1 drained", await Kubectl("drain", "node-1", "--timeout=180s"), StringComparison.Ordinal);
        await Kubectl("rollout", "status", "deploy/web", "--timeout=120s");
        Assert.Equal("node-2 node-2 node-2", await Nodes());
        Assert.Contains("SchedulingDisabled", await Kubectl("get", "node", "node-1"), StringComparison.Ordinal);

        await Kubectl("uncordon", "node-1");
        await Kubectl("cordon", "node-2");
        await Kubectl("scale", "deploy/web", "--replicas=4");
        await Kubectl("rollout", "status", "deploy/web", "--timeout=120s");
        Assert.Contains("node-1", await Nodes(), StringComparison.Ordinal);
        Assert.Contains("Created pod: web-", await Kubectl("events"), StringComparison.Ordinal);
        Assert.Contains("SuccessfulCreate", await Kubectl("get", "events.events.k8s.io"), StringComparison.Ordinal);
    }

    private Task<string> Nodes() => OfPods(".spec.nodeName");

    private Task<string> Images() => OfPods("(index .spec.containers 0).image");

    private async Task<string> OfPods(string field)
    {
        var template = "{{range .items}}{{if not .metadata.deletionTimestamp}}{{FIELD}} {{end}}{{end}}".Replace("FIELD", field, StringComparison.Ordinal);
        return (await Kubectl("get", "pods", "-l", "app=web", "-o", $"go-template={template}")).TrimEnd();
    }

    private Task<string> Kubectl(params string[] arguments) => arguments[0].StartsWith('{') ? Run(arguments[0], arguments[1..]) : Run("", arguments);

    private async Task<string> Run(string input, string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/kubectl") || File.Exists("/usr/local/bin/kubectl"), "kubectl is not here");
        var start = new ProcessStartInfo("kubectl", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["KUBECONFIG"] = Path.Combine(_folder.Path, "kubeconfig");
        start.Environment["HOME"] = _folder.Path;
        using var kubectl = Process.Start(start)!;
        await kubectl.StandardInput.WriteAsync(input);
        kubectl.StandardInput.Close();
        var errors = kubectl.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var text = await kubectl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await kubectl.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(kubectl.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {text}{await errors}");
        return text;
    }
}
