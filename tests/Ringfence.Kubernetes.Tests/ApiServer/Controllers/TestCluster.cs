using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Controllers;

namespace Ringfence.Kubernetes.Tests.ApiServer.Controllers;

/// <summary>A server with its controllers, and nodes on which pods run at once.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TestApi _test = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ControllerLoop _nodes;
    private readonly Task _nodesRun;
    private ControllerSet? _controllers;

    public TestCluster(ControllerOptions? options = null, int nodes = 3, ServiceRanges? ranges = null)
    {
        Options = options ?? new ControllerOptions();
        _test.Admissions.AddRange(ControllerAdmissions.Make(ranges ?? ServiceRanges.Default, () => _test.Api.List(Kinds.Services).Items));
        for (var i = 1; i <= nodes; i++) AddNode($"node-{i}");
        _nodes = new ControllerLoop(
            Api,
            Options,
            context => [Kubelet = new FakeKubelet(context)],
            NullLogger.Instance,
            TimeProvider.System);
        Start();
        _nodesRun = Task.Run(() => _nodes.RunAsync(_stop.Token));
    }

    public ControllerOptions Options { get; }

    public IObjectApi Api => _test.Api;

    public FakeKubelet Kubelet { get; private set; } = null!;

    public void Start()
    {
        _controllers = new ControllerSet(Api, Options, NullLogger<ControllerSet>.Instance);
        _controllers.Start();
    }

    public async Task StopAsync()
    {
        if (_controllers is not null) await _controllers.DisposeAsync();
        _controllers = null;
    }

    public void AddNode(string name, string extra = "{}")
    {
        var node = TestApi.Object(extra);
        node.Child("metadata")["name"] = name;
        Api.Create(Kinds.Nodes, node);
    }

    public JsonObject Create(string apiVersion, string kind, string name, string json, string @namespace = "default")
    {
        var type = Kubernetes.ApiServer.Schemas.ResourceCatalog.OfKind(apiVersion, kind)!;
        var body = TestApi.Object(json);
        body.Child("metadata")["name"] = name;
        if (type.IsNamespaced) body.Child("metadata")["namespace"] = @namespace;
        return Api.Create(type, body).Parse();
    }

    public JsonObject Deploy(string name, int replicas, string more = "{}", string @namespace = "default", string image = "main:1")
    {
        var spec = TestApi.Object(more);
        spec["replicas"] = replicas;
        spec["selector"] = TestApi.Object($$$"""{"matchLabels":{"app":"{{{name}}}"}}""");
        spec["template"] = Template(name, image);
        return Create("apps/v1", "Deployment", name, new JsonObject { ["spec"] = spec }.ToJsonString(), @namespace);
    }

    public static JsonObject Template(string app, string image = "main:1") =>
        TestApi.Object($$$"""{"metadata":{"labels":{"app":"{{{app}}}"}},"spec":{"containers":[{"name":"main","image":"{{{image}}}"}]}}""");

    public void Change(ResourceType type, string name, Action<JsonObject> change, string @namespace = "default", string? subresource = null) =>
        Api.Update(
            type,
            type.IsNamespaced ? @namespace : "",
            name,
            body =>
            {
                change(body);
                return body;
            },
            subresource is null ? null : new WriteOptions { Subresource = subresource });

    public JsonObject? Find(ResourceType type, string name, string @namespace = "default") => Api.Find(type, type.IsNamespaced ? @namespace : "", name)?.Parse();

    public List<JsonObject> List(ResourceType type, string? @namespace = "default") => [.. Api.List(type, @namespace).Items.Select(item => item.Parse())];

    public List<JsonObject> PodsOf(string app, string @namespace = "default") =>
        [.. List(Kinds.Pods, @namespace).Where(pod => pod.Text("metadata", "labels", "app") == app && pod.Text("metadata", "deletionTimestamp") is null)];

    /// <summary>Waits until nothing more happens by itself.</summary>
    public async Task SettleAsync()
    {
        await UntilAsync(() =>
        {
            var version = Api.List(Kinds.Nodes).Version;
            return _controllers?.IsIdleAt(version) != false && _nodes.IsIdleAt(version) && Api.List(Kinds.Nodes).Version == version;
        });
    }

    /// <summary>Waits until something is so.</summary>
    public static async Task UntilAsync(Func<bool> isSo, Func<string>? otherwise = null)
    {
        var end = DateTime.UtcNow + Patience;
        while (!isSo())
        {
            if (DateTime.UtcNow > end) Assert.Fail(otherwise?.Invoke() ?? "it took too long");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _stop.CancelAsync();
        await _nodesRun;
        _stop.Dispose();
        _test.Dispose();
    }
}
