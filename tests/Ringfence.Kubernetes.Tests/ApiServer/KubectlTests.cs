using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Controllers;

namespace Ringfence.Kubernetes.Tests.ApiServer;

/// <summary>The real kubectl drives the server.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private const string Web =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - {name: main, image: "web:1", ports: [{containerPort: 8080}]}
              - {name: side, image: "side:1"}
        """;

    private const string Policy =
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: only-web}
        spec:
          podSelector: {matchLabels: {app: db}}
          ingress:
          - from: [{podSelector: {matchLabels: {app: web}}}]
            ports: [{port: 5432}]
        """;

    private TestServer _server = null!;
    private Kubectl _kubectl = null!;

    public async ValueTask InitializeAsync()
    {
        Kubectl.Require();
        _server = await TestServer.StartAsync((options, _) => options with { Admissions = ControllerAdmissions.Make(ServiceRanges.Default, () => []) });
        _kubectl = new Kubectl(_server);
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public void Apply_CreatesConfiguresAndLeavesAlone()
    {
        Assert.Equal("deployment.apps/web created\n", _kubectl.Give(Web, "apply", "-f", "-"));
        Assert.Equal("deployment.apps/web unchanged\n", _kubectl.Give(Web, "apply", "-f", "-"));
        _kubectl.Run("scale", "deployment", "web", "--replicas=5");
        _kubectl.Run("annotate", "deployment", "web", "by=somebody");
        var changed = Web.Replace("web:1", "web:2", StringComparison.Ordinal).Replace("      - {name: side, image: \"side:1\"}", "", StringComparison.Ordinal);

        Assert.Equal("deployment.apps/web configured\n", _kubectl.Give(changed, "apply", "-f", "-"));

        var web = JsonNode.Parse(_kubectl.Run("get", "deployment", "web", "-o", "json"))!;
        Assert.Equal("web:2", (string?)Assert.Single(web["spec"]!["template"]!["spec"]!["containers"]!.AsArray())!["image"]);
        Assert.Equal("somebody", (string?)web["metadata"]!["annotations"]!["by"]);
        Assert.Equal(2, (int)web["spec"]!["replicas"]!);
    }

    [Fact]
    public void Apply_ServerSide_IsRefusedInWords()
    {
        var run = _kubectl.Try(Web, "apply", "--server-side", "-f", "-");

        Assert.NotEqual(0, run.Code);
        Assert.Contains("use client-side apply", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_OfUnknownFields_IsRefused()
    {
        var run = _kubectl.Try(Policy.Replace("podSelector: {matchLabels: {app: db}}", "podSelektor: {}", StringComparison.Ordinal), "apply", "-f", "-");

        Assert.Equal(1, run.Code);
        Assert.Contains("unknown field \"spec.podSelektor\"", run.Error, StringComparison.Ordinal);
    }

    // kubectl checks such a list itself, by OpenAPI: to the server it is no object.
    [Fact]
    public void Apply_OfAListOfAKind_TakesItsItems()
    {
        const string list = """{"apiVersion":"v1","kind":"ConfigMapList","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"b":"c"}}]}""";

        Assert.Equal("configmap/a created\n", _kubectl.Give(list, "apply", "-f", "-"));

        var run = _kubectl.Try(list.Replace("\"data\"", "\"daten\"", StringComparison.Ordinal), "apply", "-f", "-");
        Assert.Equal(1, run.Code);
        Assert.Contains("ValidationError(ConfigMapList.items[0]): unknown field \"daten\"", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_OfAWrongPolicy_NamesTheField()
    {
        var run = _kubectl.Try(Policy.Replace("5432", "70000", StringComparison.Ordinal), "apply", "-f", "-");

        Assert.Equal(
            "The NetworkPolicy \"only-web\" is invalid: spec.ingress[0].ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive\n", run.Error);
    }

    [Fact]
    public void Get_InEveryOutput()
    {
        _kubectl.Give(Policy, "apply", "-f", "-");

        Assert.Equal("networkpolicy.networking.k8s.io/only-web\n", _kubectl.Run("get", "netpol", "-o", "name"));
        Assert.Equal("only-web", _kubectl.Run("get", "netpol", "only-web", "-o", "jsonpath={.metadata.name}"));
        Assert.Equal("5432", (string?)JsonNode.Parse(_kubectl.Run("get", "netpol", "only-web", "-o", "json"))!["spec"]!["ingress"]![0]!["ports"]![0]!["port"]!.ToString());
        Assert.Contains("\n  name: only-web\n", _kubectl.Run("get", "netpol", "only-web", "-o", "yaml"), StringComparison.Ordinal);
        Assert.Equal(["NAME       TYPES", "only-web   Ingress"], _kubectl.Run("get", "netpol", "-o", "custom-columns=NAME:.metadata.name,TYPES:.spec.policyTypes[0]").TrimEnd().Split('\n'));
        Assert.Matches("^NAME +POD-SELECTOR +AGE\nonly-web +app=db +[0-9]+s\n$", _kubectl.Run("get", "netpol"));
        Assert.Matches("^NAMESPACE +NAME ", _kubectl.Run("get", "netpol", "-A", "-o", "wide"));
        Assert.Equal("List", (string?)JsonNode.Parse(_kubectl.Run("get", "netpol,ns", "-o", "json"))!["kind"]);
        Assert.Contains("only-web", _kubectl.Run("get", "netpol", "--chunk-size=1", "--sort-by=.metadata.name", "--show-labels"), StringComparison.Ordinal);
        Assert.Equal("No resources found in default namespace.\n", _kubectl.Try(null, "get", "netpol", "-l", "app=none").Error);
        Assert.Equal("Error from server (NotFound): networkpolicies.networking.k8s.io \"none\" not found\n", _kubectl.Try(null, "get", "netpol", "none").Error);
    }

    [Fact]
    public async Task Get_Watches()
    {
        using var watch = _kubectl.Start("get", "configmaps", "-w", "-o", "name");
        try
        {
            _kubectl.Run("create", "configmap", "first");
            Assert.Equal("configmap/first", await LineAsync());
            _kubectl.Run("label", "configmap", "first", "a=b");
            Assert.Equal("configmap/first", await LineAsync());
            _kubectl.Run("create", "configmap", "second");
            Assert.Equal("configmap/second", await LineAsync());
        }
        finally
        {
            watch.Kill();
        }

        Task<string?> LineAsync() => watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Describe_TellsOfAPolicy()
    {
        _kubectl.Give(Policy, "apply", "-f", "-");

        var told = _kubectl.Run("describe", "netpol", "only-web");

        Assert.Contains("PodSelector:     app=db", told, StringComparison.Ordinal);
        Assert.Contains("To Port: 5432/TCP", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Edit_WithAScript()
    {
        if (OperatingSystem.IsWindows()) return;
        _kubectl.Run("create", "configmap", "a", "--from-literal=x=before");
        var editor = _server.Folder.Write("editor", "#!/bin/sh\nsed -i 's/before/after/' \"$1\"\n");
        File.SetUnixFileMode(editor, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Equal("configmap/a edited\n", _kubectl.Run("edit", "configmap", "a"));
        Assert.Equal("after", _kubectl.Run("get", "configmap", "a", "-o", "jsonpath={.data.x}"));
        Assert.Contains("no changes made", _kubectl.Try(null, "edit", "configmap", "a").Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Label_AndAnnotate()
    {
        Assert.Equal("namespace/default labeled\n", _kubectl.Run("label", "namespace", "default", "team=a"));
        Assert.Contains("already has a value", _kubectl.Try(null, "label", "namespace", "default", "team=b").Error, StringComparison.Ordinal);
        Assert.Equal("namespace/default labeled\n", _kubectl.Run("label", "namespace", "default", "team=b", "--overwrite"));
        Assert.Equal("namespace/default unlabeled\n", _kubectl.Run("label", "namespace", "default", "team-"));
        Assert.Equal("namespace/default annotated\n", _kubectl.Run("annotate", "namespace", "default", "note=x"));
        Assert.Equal("{\"kubernetes.io/metadata.name\":\"default\"}", _kubectl.Run("get", "namespace", "default", "-o", "jsonpath={.metadata.labels}"));
    }

    [Theory]
    [InlineData("strategic", """{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"side:2"}]}}}}""")]
    [InlineData("json", """[{"op":"replace","path":"/spec/template/spec/containers/1/image","value":"side:2"}]""")]
    [InlineData("merge", """{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"web:1"},{"name":"side","image":"side:2"}]}}}}""")]
    public void Patch_OfThreeKinds(string type, string patch)
    {
        _kubectl.Give(Web, "apply", "-f", "-");

        _kubectl.Run("patch", "deployment", "web", "--type", type, "-p", patch);

        Assert.Equal("web:1 side:2", _kubectl.Run("get", "deployment", "web", "-o", "jsonpath={.spec.template.spec.containers[*].image}"));
    }

    [Fact]
    public void Diff_ShowsWhatApplyWouldDo()
    {
        _kubectl.Give(Web, "apply", "-f", "-");

        Assert.Equal(0, _kubectl.Try(Web, "diff", "-f", "-").Code);
        var changed = _kubectl.Try(Web.Replace("replicas: 2", "replicas: 7", StringComparison.Ordinal), "diff", "-f", "-");

        Assert.Equal(1, changed.Code);
        Assert.Contains("-  replicas: 2\n+  replicas: 7", changed.Out, StringComparison.Ordinal);
        Assert.Equal("2", _kubectl.Run("get", "deployment", "web", "-o", "jsonpath={.spec.replicas}"));
    }

    [Fact]
    public async Task Wait_ForWhatComes()
    {
        _kubectl.Run("create", "configmap", "a");
        using var waiting = _kubectl.Start("wait", "--for=jsonpath={.data.x}=1", "configmap/a", "--timeout=120s", "-v=6");
        await WatchesAsync(waiting);
        _kubectl.Run("patch", "configmap", "a", "--type=merge", "-p", """{"data":{"x":"1"}}""");
        await waiting.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        using var gone = _kubectl.Start("wait", "--for=delete", "configmap/a", "--timeout=120s", "-v=6");
        await WatchesAsync(gone);
        _kubectl.Run("delete", "configmap", "a");

        await gone.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        Assert.Equal((0, 0), (waiting.ExitCode, gone.ExitCode));

        // What comes before kubectl waits for it would be no wait at all.
        static async Task WatchesAsync(System.Diagnostics.Process kubectl)
        {
            var line = "";
            while (!line.Contains("watch=true", StringComparison.Ordinal))
                line = await kubectl.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException("kubectl did not wait");
        }
    }

    [Theory]
    [InlineData("background", null)]
    [InlineData("foreground", "foregroundDeletion")]
    [InlineData("orphan", "orphan")]
    public void Delete_CascadesAsAsked(string cascade, string? finalizer)
    {
        _kubectl.Give(Web, "apply", "-f", "-");

        Assert.Equal("deployment.apps \"web\" deleted\n", _kubectl.Run("delete", "deployment", "web", $"--cascade={cascade}", "--wait=false"));

        // Here nobody collects what is left behind, so that what is waited for stays.
        var left = _kubectl.Run("get", "deployment", "web", "--ignore-not-found", "-o", "jsonpath={.metadata.finalizers[0]}");
        Assert.Equal(finalizer ?? "", left);
    }

    [Fact]
    public void Delete_ByLabel_ByFile_AndAll()
    {
        _kubectl.Run("create", "configmap", "a");
        _kubectl.Run("create", "configmap", "b");
        _kubectl.Run("label", "configmap", "a", "x=y");
        _kubectl.Give(Policy, "apply", "-f", "-");

        Assert.Equal("configmap \"a\" deleted\n", _kubectl.Run("delete", "configmap", "-l", "x=y"));
        Assert.Equal("networkpolicy.networking.k8s.io \"only-web\" deleted\n", _kubectl.Give(Policy, "delete", "-f", "-"));
        Assert.Equal("configmap \"b\" deleted\n", _kubectl.Run("delete", "configmap", "--all"));
        Assert.Equal("", _kubectl.Run("delete", "configmap", "b", "--ignore-not-found"));
        Assert.Equal(1, _kubectl.Try(null, "delete", "configmap", "b").Code);
    }

    [Fact]
    public void Explain_KnowsTheFields()
    {
        Assert.Contains("podSelector", _kubectl.Run("explain", "networkpolicy.spec"), StringComparison.Ordinal);
        Assert.Contains("FIELD: ports", _kubectl.Run("explain", "networkpolicy.spec.ingress.ports"), StringComparison.Ordinal);
    }

    [Fact]
    public void ApiResources_AndVersion()
    {
        Assert.Contains(_kubectl.Run("api-resources", "--no-headers").Split('\n'), line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["networkpolicies", "netpol", "networking.k8s.io/v1", "true", "NetworkPolicy"]);
        Assert.Contains("networking.k8s.io/v1\n", _kubectl.Run("api-versions"), StringComparison.Ordinal);
        Assert.Matches("Server Version: v1\\.32\\.[0-9]+-ringfence", _kubectl.Run("version"));
    }

    [Fact]
    public void Auth_SaysWhoMayDoWhat()
    {
        Assert.Equal("yes\n", _kubectl.Run("auth", "can-i", "create", "pods"));
        Assert.Contains("admin", _kubectl.Run("auth", "whoami"), StringComparison.Ordinal);
        Assert.Contains("*.*", _kubectl.Run("auth", "can-i", "--list"), StringComparison.Ordinal);
        var token = _server.Server.IssueToken("alice", "readers");

        Assert.Equal("no\n", _kubectl.Try(null, "--token", token, "--kubeconfig", Reader(token), "auth", "can-i", "create", "pods").Out);
        Assert.Equal("yes\n", _kubectl.Run("--kubeconfig", Reader(token), "auth", "can-i", "list", "pods"));
        var mine = _kubectl.Run("--kubeconfig", Reader(token), "auth", "can-i", "--list");
        Assert.Contains("selfsubjectaccessreviews.authorization.k8s.io", mine, StringComparison.Ordinal);
        Assert.DoesNotContain("selfsubjectaccessreviews.authentication.k8s.io", mine, StringComparison.Ordinal);
        Assert.Equal(
            "Error from server (Forbidden): secrets is forbidden: User \"alice\" cannot list resource \"secrets\" in API group \"\" in the namespace \"default\"\n",
            _kubectl.Try(null, "--kubeconfig", Reader(token), "get", "secrets").Error);
    }

    // What kubectl sends as protobuf arrives as what it would print.
    [Theory]
    [InlineData("deployment", "web", "--image=web:1", "--replicas=0", "--port=80")]
    [InlineData("service", "clusterip", "web", "--tcp=80:http", "--tcp=81:81")]
    [InlineData("service", "externalname", "web", "--external-name=example.com")]
    [InlineData("service", "nodeport", "web", "--tcp=80")]
    [InlineData("configmap", "web", "--from-literal=a=b", "--from-literal=c=d")]
    [InlineData("secret", "generic", "web", "--from-literal=a=b")]
    [InlineData("serviceaccount", "web")]
    [InlineData("namespace", "web")]
    [InlineData("job", "web", "--image=web:1", "--", "sleep", "1")]
    [InlineData("cronjob", "web", "--image=web:1", "--schedule=* * * * *", "--restart=Never")]
    [InlineData("ingress", "web", "--class=none", "--rule=example.com/path*=web:80,tls=own", "--default-backend=web:http", "--annotation=a=b")]
    [InlineData("role", "web", "--verb=get,list", "--resource=pods,deployments.apps", "--resource-name=a")]
    [InlineData("rolebinding", "web", "--role=web", "--user=me", "--group=us", "--serviceaccount=default:web")]
    [InlineData("clusterrole", "web", "--verb=get", "--non-resource-url=/healthz")]
    [InlineData("clusterrole", "web", "--aggregation-rule=a=b")]
    [InlineData("clusterrolebinding", "web", "--clusterrole=web", "--user=me")]
    [InlineData("quota", "web", "--hard=cpu=1500m,pods=2", "--scopes=BestEffort")]
    [InlineData("poddisruptionbudget", "web", "--selector=app=web", "--min-available=1")]
    [InlineData("poddisruptionbudget", "web", "--selector=app=web", "--max-unavailable=50%")]
    [InlineData("priorityclass", "web", "--value=-5", "--description=x", "--preemption-policy=Never")]
    public void Create_SendsWhatItPrints(params string[] args)
    {
        var at = Array.IndexOf(args, "--");
        var (options, rest) = at < 0 ? (args, (string[])[]) : (args[..at], args[at..]);
        var printed = JsonNode.Parse(_kubectl.Run(["create", .. options, "--dry-run=client", "-o", "json", .. rest]))!;

        var created = JsonNode.Parse(_kubectl.Run(["create", .. options, "-o", "json", .. rest]))!;

        AssertIncludes(printed["spec"], created["spec"], "spec");
        foreach (var field in (string[])["data", "rules", "roleRef", "subjects", "aggregationRule", "value", "description", "preemptionPolicy"]) AssertIncludes(printed[field], created[field], field);
        AssertIncludes(printed["metadata"]!["labels"], created["metadata"]!["labels"], "labels");
        AssertIncludes(printed["metadata"]!["annotations"], created["metadata"]!["annotations"], "annotations");
        Assert.Equal((string?)printed["metadata"]!["name"], (string?)created["metadata"]!["name"]);
    }

    [Fact]
    public void AFolder_IsApplied_AndAgainWithoutAChange()
    {
        var folder = Path.Combine(RepositoryFolder(), "examples", "rag");
        string[] files = [.. Directory.GetFiles(folder, "*.yaml").Where(file => !file.EndsWith("expectations.yaml", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string[] args = ["apply", .. files.SelectMany(file => (string[])["-f", file])];

        Assert.All(_kubectl.Run(args).TrimEnd().Split('\n'), line => Assert.EndsWith(" created", line, StringComparison.Ordinal));
        var version = _server.Api.List(TestApi.Pods).Version;
        // kubectl says "configured" where a list of the manifest lacks what the server's has by default; it changes nothing.
        Assert.All(_kubectl.Run(args).TrimEnd().Split('\n'), line => Assert.Matches(" (unchanged|configured)$", line));
        Assert.Equal(version, _server.Api.List(TestApi.Pods).Version);
    }

    private string Reader(string token)
    {
        var path = _server.Folder.File("reader");
        Ringfence.Kubernetes.ApiServer.Authentication.KubeConfigWriter.Write(path, "test", _server.Server.Address, _server.Server.CaPem, token);
        return path;
    }

    private static string RepositoryFolder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Ringfence.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no repository around the tests");
        return folder;
    }

    private static void AssertIncludes(JsonNode? wanted, JsonNode? found, string path)
    {
        switch (wanted)
        {
            case null:
                break;
            case JsonObject fields:
                foreach (var (name, node) in fields) AssertIncludes(node, found?[name], $"{path}.{name}");
                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++) AssertIncludes(items[i], (found as JsonArray)?.ElementAtOrDefault(i), $"{path}[{i}]");
                break;
            default:
                Assert.True(JsonNode.DeepEquals(wanted, found), $"{path}: {wanted.ToJsonString()} became {found?.ToJsonString() ?? "nothing"}");
                break;
        }
    }
}
