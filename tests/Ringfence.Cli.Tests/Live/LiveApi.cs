using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.Client;
using Ringfence.Kubernetes.Client.Access;
using Ringfence.Model.Decoding;

namespace Ringfence.Cli.Tests.Live;

/// <summary>A running API server with the objects of manifests, a kubeconfig of it, and the same objects as a file.</summary>
internal sealed class LiveApi : IAsyncDisposable
{
    private static readonly ResourceType[] Types =
    [
        ReadTypes.Namespaces, ReadTypes.Nodes, ReadTypes.Pods, .. ReadTypes.Workloads, ReadTypes.Services, ReadTypes.EndpointSlices, ReadTypes.Ingresses, ReadTypes.NetworkPolicies,
    ];

    private readonly DirectoryInfo _folder;
    private readonly EmbeddedApiServer _server;
    private readonly ApiClient _client;

    private LiveApi(DirectoryInfo folder, EmbeddedApiServer server)
    {
        (_folder, _server) = (folder, server);
        Config = WriteConfig("kubeconfig", server.Address, server.IssueToken("admin", "system:masters"));
        _client = new ApiClient(Kubeconfig.Load(Config).Resolve());
    }

    /// <summary>The kubeconfig: its only context is <c>here</c>.</summary>
    public string Config { get; }

    /// <summary>What <c>kubectl get … -o json</c> would print.</summary>
    public string Exported => Path.Combine(_folder.FullName, "exported.json");

    public static async Task<LiveApi> StartAsync(params string[] manifests)
    {
        var folder = Directory.CreateTempSubdirectory("ringfence-live-");
        var server = await EmbeddedApiServer.StartAsync(new EmbeddedApiServerOptions { DataFolder = Path.Combine(folder.FullName, "data"), Controllers = null }, TestContext.Current.CancellationToken);
        var api = new LiveApi(folder, server);
        var objects = manifests.Select(path => Path.Combine(RepositoryRoot.Path, path))
            .SelectMany(path => File.Exists(path) ? (IEnumerable<string>)[path] : Directory.EnumerateFiles(path, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            .SelectMany(file => YamlReader.Read(File.ReadAllBytes(file))).Select(document => document.Root).OfType<MappingNode>()
            .Where(root => Types.Any(type => type.Kind == root.Text("kind"))).OrderBy(root => root.Text("kind") == "Namespace" ? 0 : 1);
        foreach (var item in objects) await api.AddAsync((JsonObject)Json(item)!);
        await api.ExportAsync();
        return api;
    }

    public string WriteConfig(string name, string server, string token, string more = "")
    {
        var path = Path.Combine(_folder.FullName, name);
        var trust = more.Length > 0 ? more : $"certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(_server.CaPem))}";
        File.WriteAllText(path, $$$"""
            current-context: here
            clusters: [{name: c, cluster: {server: "{{{server}}}", {{{trust}}} }}]
            users: [{name: u, user: {token: "{{{token}}}"}}]
            contexts: [{name: here, context: {cluster: c, user: u}}]
            """);
        return path;
    }

    /// <summary>Runs the command where this cluster is that of the current context.</summary>
    public Run Run(params string[] args) => RingfenceCommand.RunWith(null, new Dictionary<string, string> { ["KUBECONFIG"] = Config }, args);

    public string Address => _server.Address;

    /// <summary>The certificate by which the server is known.</summary>
    public string Authority => _server.CaPem;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Adds an object of kind <c>Expectations</c>.</summary>
    public async Task AddExpectationsAsync(string @namespace, string name, string yaml)
    {
        var json = (JsonObject)Json(Assert.Single(YamlReader.Read(Encoding.UTF8.GetBytes($"apiVersion: ringfence.dev/v1alpha1\nkind: Expectations\nmetadata: {{name: {name}}}\n{yaml}"))).Root!)!;
        await _client.CreateAsync(new ResourceType("ringfence.dev", "v1alpha1", "Expectations", "expectations", IsNamespaced: true), @namespace, Bytes(json), TestContext.Current.CancellationToken);
    }

    private async Task AddAsync(JsonObject json)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var type = Types.First(type => type.Kind == (string?)json["kind"]);
        var metadata = json["metadata"]!.AsObject();
        var @namespace = type.IsNamespaced ? (string?)metadata["namespace"] ?? "default" : "";
        if (type.IsNamespaced && await _client.FindAsync(ReadTypes.Namespaces, "", @namespace, cancellation) is null)
            await _client.CreateAsync(ReadTypes.Namespaces, "", Bytes(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = @namespace } }), cancellation);
        if (await _client.FindAsync(type, @namespace, (string)metadata["name"]!, cancellation) is not null) return;
        await _client.CreateAsync(type, @namespace, Bytes(json), cancellation);
        if (json["status"] is null) return;
        await _client.PatchAsync(
            type, @namespace, (string)metadata["name"]!, Bytes(new JsonObject { ["status"] = json["status"]!.DeepClone() }), "application/merge-patch+json", "status", cancellation);
    }

    private async Task ExportAsync()
    {
        var items = new JsonArray();
        foreach (var type in Types)
        {
            var list = JsonNode.Parse(await _client.GetAsync((type.Group.Length == 0 ? "api/v1/" : $"apis/{type.Group}/{type.Version}/") + type.Plural, TestContext.Current.CancellationToken))!;
            foreach (var item in list["items"]!.AsArray())
            {
                var copy = item!.DeepClone().AsObject();
                (copy["apiVersion"], copy["kind"]) = (type.ApiVersion, type.Kind);
                items.Add(copy);
            }
        }

        await File.WriteAllTextAsync(Exported, new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = items }.ToJsonString(), TestContext.Current.CancellationToken);
    }

    private static byte[] Bytes(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static JsonNode? Json(Node node) => node switch
    {
        MappingNode mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key, Json(entry.Value)))),
        SequenceNode list => new JsonArray([.. list.Items.Select(Json)]),
        ScalarNode { Kind: ScalarKind.Text } text => JsonValue.Create(text.Text),
        ScalarNode scalar => JsonNode.Parse(scalar.Text),
        _ => null,
    };
}
