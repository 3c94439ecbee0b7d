using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Lab.Daemon;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Served;

/// <summary>A lab with its API server in this process, and its agents in processes of their own.</summary>
internal sealed class ServedLabs : IAsyncDisposable
{
    public static readonly ResourceType Namespaces = ResourceCatalog.OfKind("v1", "Namespace")!;
    public static readonly ResourceType Nodes = ResourceCatalog.OfKind("v1", "Node")!;
    public static readonly ResourceType Pods = ResourceCatalog.OfKind("v1", "Pod")!;
    public static readonly ResourceType Policies = ResourceCatalog.OfKind("networking.k8s.io/v1", "NetworkPolicy")!;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _root;
    private readonly List<string> _reports = [];

    private ServedLabs(string root) => _root = root;

    public ServedLab Lab { get; private set; } = null!;

    public IObjectApi Api => Lab.Api;

    public string Root => _root;

    /// <summary>What went wrong, as the lab told it.</summary>
    public IReadOnlyList<string> Reports
    {
        get
        {
            lock (_reports) return [.. _reports];
        }
    }

    public static async Task<ServedLabs> StartAsync(LabOptions options, CancellationToken cancellation, string? manifest = null)
    {
        Tests.Root.IsNeeded();
        var run = new ServedLabs(Directory.CreateTempSubdirectory("ringfence-served-").FullName);
        try
        {
            var folder = LabFolder.In(run._root, options.Name);
            Directory.CreateDirectory(folder.Path);
            var program = Path.Combine(AppContext.BaseDirectory, "ringfence");
            ReadOnlyMemory<byte> text = Encoding.UTF8.GetBytes(manifest ?? "");
            var objects = ManifestReader.Read([new ManifestText("test", IsExplicit: true, text)], new ManifestOptions(), cancellation).Objects;
            run.Lab = await ServedLab.StartAsync(
                folder, options, new SentManifests([new SentManifest("test", true, text)], null, StrictCidr: true), objects, [program], TimeProvider.System, run.Report, new Silent(), cancellation);
            await run.AwaitAsync(cancellation);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until everything is so, and enforced on every node.</summary>
    public async Task AwaitAsync(CancellationToken cancellation) => Assert.Empty(await Lab.AwaitAsync(Patience, cancellation));

    /// <summary>A pod of one container.</summary>
    public static JsonObject Pod(string @namespace, string name, string? node, IEnumerable<ContainerPort> ports, params (string Key, string Value)[] labels) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace, ["labels"] = Labels(labels) },
        ["spec"] = new JsonObject
        {
            ["nodeName"] = node,
            ["containers"] = new JsonArray(new JsonObject
            {
                ["name"] = "main",
                ["image"] = "none",
                ["ports"] = new JsonArray([.. ports.Select(port => (JsonNode)new JsonObject { ["name"] = port.Name, ["containerPort"] = port.Port, ["protocol"] = port.Protocol.ToText() })]),
            }),
        },
    };

    public static JsonObject Labels(params (string Key, string Value)[] labels)
    {
        var all = new JsonObject();
        foreach (var (key, value) in labels) all[key] = value;
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        if (Lab is not null) await Lab.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private void Report(string text)
    {
        lock (_reports) _reports.Add(text);
    }

    private sealed class Silent : IProgress<string>
    {
        public void Report(string value)
        {
        }
    }
}
