using System.Net;
using System.Text;

namespace Ringfence.Cli.Tests.Diff;

/// <summary>A cluster behind the real kubectl: a few lists over HTTP stand for the API server.</summary>
public sealed class LiveClusterTests : IDisposable
{
    private const string Policy = """{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"deny","namespace":"a"},"spec":{"podSelector":{},"policyTypes":["Ingress"]}}""";

    private static readonly (string Group, string Plural, string Kind, string[] Short, bool IsNamespaced)[] Resources =
    [
        ("api/v1", "namespaces", "Namespace", ["ns"], false), ("api/v1", "nodes", "Node", ["no"], false), ("api/v1", "pods", "Pod", ["po"], true),
        ("api/v1", "services", "Service", ["svc"], true), ("api/v1", "replicationcontrollers", "ReplicationController", ["rc"], true),
        ("apis/apps/v1", "deployments", "Deployment", ["deploy"], true), ("apis/apps/v1", "statefulsets", "StatefulSet", ["sts"], true),
        ("apis/apps/v1", "daemonsets", "DaemonSet", ["ds"], true), ("apis/apps/v1", "replicasets", "ReplicaSet", ["rs"], true),
        ("apis/batch/v1", "jobs", "Job", [], true), ("apis/batch/v1", "cronjobs", "CronJob", ["cj"], true),
        ("apis/discovery.k8s.io/v1", "endpointslices", "EndpointSlice", [], true),
        ("apis/networking.k8s.io/v1", "ingresses", "Ingress", ["ing"], true), ("apis/networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", ["netpol"], true),
    ];

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("ringfence-kube");
    private readonly HttpListener _server = new();
    private readonly int _port;
    private readonly HashSet<string> _forbidden = [];

    public LiveClusterTests()
    {
        // A port may be taken between finding and using it: the next one is tried.
        for (var attempt = 0; !_server.IsListening; attempt++)
        {
            _port = Random.Shared.Next(20_000, 60_000);
            _server.Prefixes.Clear();
            _server.Prefixes.Add($"http://127.0.0.1:{_port}/");
            try
            {
                _server.Start();
            }
            catch (HttpListenerException) when (attempt < 20)
            {
            }
        }

        _ = Task.Run(Serve);
    }

    public void Dispose()
    {
        _server.Close();
        _home.Delete(recursive: true);
    }

    [Fact]
    public void Cluster_AgainstManifests_ShowsWhatTheyWouldChange()
    {
        var run = Diff("cluster:here", Manifests());
        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Contains("4 appear, 0 vanish; policies: 1 removed", run.Out, StringComparison.Ordinal);
        Assert.Contains("policy a/deny removed  cluster:here:", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Cluster_OfTheCurrentContext_IsTheSame() => Assert.Equal(0, Diff("cluster:", "cluster:here").Code);

    [Fact]
    public void Cluster_WithAForbiddenKind_SaysWhatToAskFor()
    {
        _forbidden.Add("nodes");
        var run = Diff("cluster:", Manifests());
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains("nodes is forbidden", run.Error, StringComparison.Ordinal);
        Assert.Contains("ClusterRole 'view'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Cluster_ThatDoesNotAnswer_IsToldInKubectlsWords()
    {
        _server.Stop();
        var run = Diff("cluster:", Manifests());
        Assert.Equal(2, run.Code);
        Assert.Contains("127.0.0.1", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Context_ThatIsNotThere_IsNoOption()
    {
        var run = Diff("cluster:--help", Manifests());
        Assert.Equal(2, run.Code);
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutKubectl_ExitsWithThree()
    {
        var run = RingfenceCommand.RunWith(null, new Dictionary<string, string> { ["PATH"] = "/nonexistent" }, "diff", "cluster:", "examples/rag");
        Assert.Equal(3, run.Code);
        Assert.Contains("kubernetes.io/docs/tasks/tools", run.Error, StringComparison.Ordinal);
    }

    private Run Diff(params string[] args)
    {
        Assert.SkipWhen(!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "kubectl"))), "needs kubectl");
        var config = Path.Combine(_home.FullName, "config");
        File.WriteAllText(config, $$$"""
            {"apiVersion":"v1","kind":"Config","current-context":"here","users":[{"name":"u","user":{}}],
             "clusters":[{"name":"c","cluster":{"server":"http://127.0.0.1:{{{_port}}}"}}],"contexts":[{"name":"here","context":{"cluster":"c","user":"u"}}]}
            """);
        return RingfenceCommand.RunWith(null, new Dictionary<string, string> { ["KUBECONFIG"] = config, ["HOME"] = _home.FullName }, ["diff", .. args]);
    }

    private string Manifests()
    {
        var path = Path.Combine(_home.FullName, "manifests.json");
        File.WriteAllText(path, $$"""{"apiVersion":"v1","kind":"List","items":[{{string.Join(',', Items("namespaces").Concat(Items("pods")))}}]}""");
        return path;
    }

    private static string[] Items(string plural) => plural switch
    {
        "namespaces" => ["""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}"""],
        "pods" => [Pod("web", 1), Pod("db", 2)],
        "networkpolicies" => [Policy],
        _ => [],
    };

    private static string Pod(string name, int host) =>
        $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"a"},"spec":{"containers":[]},"status":{"phase":"Running","podIP":"10.0.0.{{{host}}}"}}""";

    private void Serve()
    {
        try
        {
            while (true)
            {
                var context = _server.GetContext();
                var (code, body) = Answer(context.Request.Url!.AbsolutePath.Trim('/'));
                context.Response.StatusCode = code;
                context.Response.ContentType = "application/json";
                context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: true);
            }
        }
        catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private (int Code, string Body) Answer(string path)
    {
        if (path == "api") return (200, """{"kind":"APIVersions","versions":["v1"]}""");
        if (path == "apis")
        {
            var groups = Resources.Select(resource => resource.Group).Where(group => group.StartsWith("apis/", StringComparison.Ordinal)).Distinct().Select(group => group.Split('/'))
                .Select(parts => $$$"""{"name":"{{{parts[1]}}}","versions":[{"groupVersion":"{{{parts[1]}}}/v1","version":"v1"}],"preferredVersion":{"groupVersion":"{{{parts[1]}}}/v1","version":"v1"}}""");
            return (200, $$"""{"kind":"APIGroupList","apiVersion":"v1","groups":[{{string.Join(',', groups)}}]}""");
        }

        var version = path.StartsWith("apis/", StringComparison.Ordinal) ? path[5..] : "v1";
        var own = Resources.Where(resource => resource.Group == path).Select(resource =>
            $$"""{"name":"{{resource.Plural}}","singularName":"","namespaced":{{(resource.IsNamespaced ? "true" : "false")}},"kind":"{{resource.Kind}}","verbs":["get","list"],"shortNames":[{{string.Join(',', resource.Short.Select(name => $"\"{name}\""))}}]}""").ToList();
        if (own.Count > 0) return (200, $$"""{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"{{version}}","resources":[{{string.Join(',', own)}}]}""");
        var found = Resources.FirstOrDefault(resource => $"{resource.Group}/{resource.Plural}" == path);
        if (found.Kind is null) return (404, """{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}""");
        if (_forbidden.Contains(found.Plural))
            return (403, $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{found.Plural}} is forbidden: User \"u\" cannot list resource","reason":"Forbidden","code":403}""");
        var groupVersion = found.Group == "api/v1" ? "v1" : found.Group[5..];
        return (200, $$"""{"kind":"{{found.Kind}}List","apiVersion":"{{groupVersion}}","metadata":{"resourceVersion":"1"},"items":[{{string.Join(',', Items(found.Plural))}}]}""");
    }
}
