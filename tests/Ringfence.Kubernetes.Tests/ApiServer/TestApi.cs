using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.Tests.ApiServer;

/// <summary>An API over a store in a folder of its own.</summary>
internal sealed class TestApi : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StoreOptions _options;
    private ObjectStore _store;

    public TestApi(StoreOptions? options = null)
    {
        _options = options ?? new StoreOptions();
        (_store, Api) = Open();
    }

    public static ResourceType Namespaces { get; } = ResourceCatalog.OfKind("v1", "Namespace")!;

    public static ResourceType ConfigMaps { get; } = ResourceCatalog.OfKind("v1", "ConfigMap")!;

    public static ResourceType Pods { get; } = ResourceCatalog.OfKind("v1", "Pod")!;

    public static ResourceType Deployments { get; } = ResourceCatalog.OfKind("apps/v1", "Deployment")!;

    public ObjectApi Api { get; private set; }

    public ObjectStore Store => _store;

    public string Folder => _folder.Path;

    public List<IAdmission> Admissions { get; } = [];

    /// <summary>Ends the store, and opens it again from what it kept.</summary>
    public void Restart()
    {
        _store.Dispose();
        (_store, Api) = Open();
    }

    public static JsonObject Object(string json) => JsonNode.Parse(json)!.AsObject();

    public static JsonObject ConfigMap(string name, string value = "1") => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["data"] = new JsonObject { ["key"] = value },
    };

    public static JsonObject Pod(string name, string? node = null)
    {
        var pod = Object("""{"metadata":{"namespace":"default"},"spec":{"containers":[{"name":"main","image":"main"}]}}""");
        pod["metadata"]!["name"] = name;
        if (node is not null) pod["spec"]!["nodeName"] = node;
        return pod;
    }

    public static JsonObject Deployment(string name)
    {
        var deployment = Object(
            """
            {"metadata":{"namespace":"default"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"a"}},
            "template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"main","image":"main"}]}}},"status":{"replicas":7}}
            """);
        deployment["metadata"]!["name"] = name;
        return deployment;
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    private (ObjectStore, ObjectApi) Open()
    {
        var opened = ObjectStore.Open(_folder.Path, _options);
        var api = new ObjectApi(opened, TimeProvider.System, Admissions);
        SystemNamespaces.Ensure(api);
        return (opened, api);
    }
}
