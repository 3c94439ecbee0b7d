using System.Net;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.Tests.ApiServer;

public sealed class HttpTests : IAsyncLifetime
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Objects_AreCreatedReadReplacedAndDeleted()
    {
        var (created, made) = await _server.PostAsync(ConfigMaps, """{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":{"x":"1"}}""");
        made["data"]!["x"] = "2";
        var (replaced, changed) = await _server.SendAsync(HttpMethod.Put, ConfigMaps + "/a", made.ToJsonString());
        var (conflicted, refusal) = await _server.SendAsync(HttpMethod.Put, ConfigMaps + "/a", made.ToJsonString());
        var (read, found) = await _server.GetAsync(ConfigMaps + "/a");
        var (deleted, status) = await _server.SendAsync(HttpMethod.Delete, ConfigMaps + "/a", null);
        var (missing, _) = await _server.GetAsync(ConfigMaps + "/a");

        Assert.Equal((201, 200, 409, 200, 200, 404), (created, replaced, conflicted, read, deleted, missing));
        Assert.Equal("2", (string?)found["data"]!["x"]);
        Assert.Equal(changed.ToJsonString(), found.ToJsonString());
        Assert.Equal("Conflict", (string?)refusal["reason"]);
        Assert.Equal(("Success", "a", "configmaps"), ((string?)status["status"], (string?)status["details"]!["name"], (string?)status["details"]!["kind"]));
    }

    [Fact]
    public async Task Refusals_AreStatusBodies()
    {
        var (code, status) = await _server.GetAsync("/apis/apps/v1/namespaces/default/deployments/none");

        Assert.Equal(404, code);
        Assert.Equal(
            """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"deployments.apps \"none\" not found","reason":"NotFound","details":{"name":"none","group":"apps","kind":"deployments"},"code":404}""",
            status.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Theory]
    [InlineData("GET", "/nothing")]
    public async Task PathsThatAreNotThere_HaveDetailsWithoutAName(string method, string path)
    {
        var (code, status) = await _server.SendAsync(new HttpMethod(method), path, "{}", "application/strategic-merge-patch+json");

        Assert.Equal((404, "{}"), (code, status["details"]?.ToJsonString()));
    }

    [Fact]
    public async Task Namespaces_AreNotDeletedAllAtOnce()
    {
        await _server.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"aa"}}""");

        var (code, status) = await _server.SendAsync(HttpMethod.Delete, "/api/v1/namespaces", null);

        Assert.Equal((405, "MethodNotAllowed"), (code, (string?)status["reason"]));
        Assert.Equal(200, (await _server.GetAsync("/api/v1/namespaces/aa")).Code);
        var (_, discovered) = await _server.GetAsync("/api/v1");
        var verbs = discovered["resources"]!.AsArray().Single(resource => (string?)resource!["name"] == "namespaces")!["verbs"]!.ToJsonString();
        Assert.DoesNotContain("deletecollection", verbs, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/namespaces")]
    [InlineData("/api/v1/namespaces?watch=true")]
    [InlineData("/api/v1/namespaces/default")]
    public async Task Head_IsAnsweredWithoutABody(string path)
    {
        using var answer = await _server.SendRawAsync(HttpMethod.Head, path, null);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Selectors_MayBeLong()
    {
        var names = string.Join(',', Enumerable.Range(0, 4000).Select(number => $"value-{number}"));

        var (code, list) = await _server.GetAsync("/api/v1/namespaces?labelSelector=" + Uri.EscapeDataString($"kubernetes.io/metadata.name in (default,{names})"));

        Assert.Equal(200, code);
        Assert.Equal("default", (string?)Assert.Single(list["items"]!.AsArray())!["metadata"]!["name"]);
    }

    [Fact]
    public async Task Validation_NamesTheFields()
    {
        var (code, status) = await _server.PostAsync(ConfigMaps, """{"metadata":{}}""");

        Assert.Equal((422, "Invalid"), (code, (string?)status["reason"]));
        Assert.Equal("ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required", (string?)status["message"]);
        var cause = status["details"]!["causes"]![0]!;
        Assert.Equal(
            ("FieldValueRequired", "metadata.name", "Required value: name or generateName is required"),
            ((string?)cause["reason"], (string?)cause["field"], (string?)cause["message"]));
    }

    [Theory]
    [InlineData("POST", ConfigMaps, "{", "application/json", 400, "BadRequest")]
    [InlineData("POST", ConfigMaps, "", "application/json", 400, "BadRequest")]
    [InlineData("POST", ConfigMaps, """{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}""", "application/json", 400, "BadRequest")]
    [InlineData("POST", ConfigMaps, """{"metadata":{"name":"a","namespace":"other"}}""", "application/json", 400, "BadRequest")]
    [InlineData("POST", ConfigMaps, """{"metadata":{"name":"a"}}""", "text/plain", 415, "UnsupportedMediaType")]
    [InlineData("POST", ConfigMaps, "k8s\0nonsense", "application/vnd.kubernetes.protobuf", 400, "BadRequest")]
    [InlineData("POST", ConfigMaps + "?fieldValidation=Strict", """{"metadata":{"name":"a","name":"b"}}""", "application/json", 400, "BadRequest")]
    [InlineData("POST", ConfigMaps + "?fieldValidation=Sometimes", """{"metadata":{"name":"a"}}""", "application/json", 422, "Invalid")]
    [InlineData("POST", ConfigMaps + "?dryRun=Some", """{"metadata":{"name":"a"}}""", "application/json", 422, "Invalid")]
    [InlineData("POST", "/api/v1/configmaps", """{"metadata":{"name":"a"}}""", "application/json", 405, "MethodNotAllowed")]
    [InlineData("POST", ConfigMaps + "/a", """{"metadata":{"name":"a"}}""", "application/json", 405, "MethodNotAllowed")]
    [InlineData("PUT", ConfigMaps + "/a", """{"metadata":{"name":"b"}}""", "application/json", 400, "BadRequest")]
    [InlineData("PATCH", ConfigMaps + "/a", "{}", "application/apply-patch+yaml", 415, "UnsupportedMediaType")]
    [InlineData("PATCH", ConfigMaps + "/a", "{}", "application/json", 415, "UnsupportedMediaType")]
    [InlineData("GET", "/api/v1/namespaces/default/unicorns", null, "application/json", 404, "NotFound")]
    [InlineData("GET", "/apis/example.com/v1/unicorns", null, "application/json", 404, "NotFound")]
    [InlineData("GET", "/nowhere", null, "application/json", 404, "NotFound")]
    [InlineData("GET", ConfigMaps + "?labelSelector=a+in+(b", null, "application/json", 400, "BadRequest")]
    [InlineData("GET", ConfigMaps + "?fieldSelector=data.x=1", null, "application/json", 400, "BadRequest")]
    [InlineData("GET", ConfigMaps + "?continue=nonsense", null, "application/json", 400, "BadRequest")]
    [InlineData("GET", ConfigMaps + "?limit=many", null, "application/json", 400, "BadRequest")]
    [InlineData("GET", ConfigMaps + "?resourceVersion=abc", null, "application/json", 422, "Invalid")]
    [InlineData("GET", ConfigMaps + "?resourceVersionMatch=Exact", null, "application/json", 422, "Invalid")]
    [InlineData("GET", ConfigMaps + "?resourceVersion=999999", null, "application/json", 504, "Timeout")]
    [InlineData("GET", ConfigMaps + "?watch=1&sendInitialEvents=true", null, "application/json", 422, "Invalid")]
    [InlineData("DELETE", ConfigMaps + "/a", """{"preconditions":{},"preconditions":{}}""", "application/json", 400, "BadRequest")]
    [InlineData("DELETE", ConfigMaps + "/a", """{"orphanDependents":"perhaps"}""", "application/json", 400, "BadRequest")]
    [InlineData("DELETE", ConfigMaps + "/a", "[]", "application/json", 400, "BadRequest")]
    [InlineData("POST", "/api/v1/namespaces/default/pods/a/binding", "{}", "application/json", 400, "BadRequest")]
    [InlineData("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "7", "application/json", 400, "BadRequest")]
    [InlineData("DELETE", ConfigMaps + "/a?propagationPolicy=Some", null, "application/json", 422, "Invalid")]
    public async Task BadRequests_AreRefused_WithAStatus(string method, string path, string? body, string type, int code, string reason)
    {
        var (answered, status) = await _server.SendAsync(new HttpMethod(method), path, body, type);

        Assert.Equal((code, reason, "Status", code), (answered, (string?)status["reason"], (string?)status["kind"], (int)status["code"]!));
    }

    [Fact]
    public async Task LargeBodies_AreRefused()
    {
        var (code, status) = await _server.PostAsync(ConfigMaps, $$$"""{"metadata":{"name":"a"},"data":{"x":"{{{new string('x', 4 << 20)}}}"}}""");

        Assert.Equal((413, "RequestEntityTooLarge"), (code, (string?)status["reason"]));
    }

    [Fact]
    public async Task UnknownFields_AreWarnedOf_OrRefused()
    {
        const string body = """{"metadata":{"name":"a"},"datax":{}}""";
        using var warned = await _server.SendRawAsync(HttpMethod.Post, ConfigMaps + "?fieldValidation=Warn", body);
        using var ignored = await _server.SendRawAsync(HttpMethod.Post, ConfigMaps + "?fieldValidation=Ignore", body.Replace("\"a\"", "\"b\"", StringComparison.Ordinal));
        var (code, refused) = await _server.PostAsync(ConfigMaps + "?fieldValidation=Strict", body);

        Assert.Equal("299 - \"unknown field \\\"datax\\\"\"", Assert.Single(warned.Headers.GetValues("Warning")));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (warned.StatusCode, ignored.StatusCode));
        Assert.False(ignored.Headers.Contains("Warning"));
        Assert.Equal(400, code);
        Assert.Equal("ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"datax\"", (string?)refused["message"]);
    }

    [Fact]
    public async Task Pages_AreOfOneVersion_AlsoWhileObjectsChange()
    {
        for (var i = 0; i < 10; i++) _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap($"n{i}"));
        var (_, first) = await _server.GetAsync(ConfigMaps + "?limit=4");
        _server.Api.Delete(TestApi.ConfigMaps, "default", "n5");
        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("n55"));

        var names = Names(first);
        var version = (string?)first["metadata"]!["resourceVersion"];
        for (var page = first; (string?)page["metadata"]!["continue"] is { Length: > 0 } token;)
        {
            (_, page) = await _server.GetAsync($"{ConfigMaps}?limit=4&continue={token}");
            Assert.Equal(version, (string?)page["metadata"]!["resourceVersion"]);
            names.AddRange(Names(page));
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"n{i}"), names);
        Assert.Equal(["n0", "n1"], Names((await _server.GetAsync(ConfigMaps + "?limit=2")).Body));
        Assert.Contains("n5", Names((await _server.GetAsync($"{ConfigMaps}?resourceVersion={version}&resourceVersionMatch=Exact")).Body));
    }

    [Theory]
    [InlineData("labelSelector=app=a", "a1,a2")]
    [InlineData("labelSelector=app==a,tier", "a2")]
    [InlineData("labelSelector=app!=a", "b1,none")]
    [InlineData("labelSelector=app in (a, b)", "a1,a2,b1")]
    [InlineData("labelSelector=app notin (a)", "b1,none")]
    [InlineData("labelSelector=!app", "none")]
    [InlineData("labelSelector=tier>1", "a2")]
    [InlineData("fieldSelector=metadata.name=a1", "a1")]
    [InlineData("fieldSelector=metadata.name!=a1,metadata.namespace=default", "a2,b1,none")]
    [InlineData("fieldSelector=metadata.name=a1&labelSelector=app=b", "")]
    [InlineData("", "a1,a2,b1,none")]
    public async Task Selectors_Select(string query, string expected)
    {
        foreach (var (name, labels) in (ReadOnlySpan<(string, string)>)[("a1", """{"app":"a"}"""), ("a2", """{"app":"a","tier":"2"}"""), ("b1", """{"app":"b"}"""), ("none", "{}")])
        {
            var value = TestApi.ConfigMap(name);
            value["metadata"]!["labels"] = JsonNode.Parse(labels);
            _server.Api.Create(TestApi.ConfigMaps, value);
        }

        var (code, list) = await _server.GetAsync($"{ConfigMaps}?{query.Replace(" ", "%20", StringComparison.Ordinal).Replace("!", "%21", StringComparison.Ordinal).Replace(">", "%3E", StringComparison.Ordinal)}");

        Assert.Equal((200, expected), (code, string.Join(',', Names(list))));
    }

    [Theory]
    [InlineData("spec.nodeName=node-1", "placed")]
    [InlineData("spec.nodeName=", "waiting")]
    [InlineData("status.phase=Pending", "placed,waiting")]
    [InlineData("status.phase!=Pending", "")]
    [InlineData("spec.hostNetwork=false", "placed,waiting")]
    public async Task Pods_AreSelectedByTheirFields(string selector, string expected)
    {
        _server.Api.Create(TestApi.Pods, TestApi.Pod("placed", "node-1"));
        _server.Api.Create(TestApi.Pods, TestApi.Pod("waiting"));

        Assert.Equal(expected, string.Join(',', Names((await _server.GetAsync($"/api/v1/pods?fieldSelector={Uri.EscapeDataString(selector)}")).Body)));
    }

    [Theory]
    [InlineData("application/json-patch+json", """[{"op":"replace","path":"/data/key","value":"2"}]""")]
    [InlineData("application/merge-patch+json", """{"data":{"key":"2"}}""")]
    [InlineData("application/strategic-merge-patch+json", """{"data":{"key":"2"}}""")]
    public async Task Patches_OfThreeKinds(string type, string patch)
    {
        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a"));

        var (dry, _) = await _server.SendAsync(HttpMethod.Patch, ConfigMaps + "/a?dryRun=All", patch, type);
        Assert.Equal("1", (string?)_server.Api.Find(TestApi.ConfigMaps, "default", "a")!.Parse()["data"]!["key"]);
        var (code, patched) = await _server.SendAsync(HttpMethod.Patch, ConfigMaps + "/a", patch, type);

        Assert.Equal((200, 200, "2"), (dry, code, (string?)patched["data"]!["key"]));
    }

    [Fact]
    public async Task Scale_IsReadAndWritten()
    {
        const string path = "/apis/apps/v1/namespaces/default/deployments/web";
        _server.Api.Create(TestApi.Deployments, TestApi.Deployment("web"));

        var (_, scale) = await _server.GetAsync(path + "/scale");
        scale["spec"]!["replicas"] = 0;
        var (put, scaled) = await _server.SendAsync(HttpMethod.Put, path + "/scale", scale.ToJsonString());
        var (stale, _) = await _server.SendAsync(HttpMethod.Put, path + "/scale", scale.ToJsonString());
        var (patched, _) = await _server.SendAsync(HttpMethod.Patch, path + "/scale", """{"spec":{"replicas":3}}""", "application/merge-patch+json");

        Assert.Equal(("Scale", "autoscaling/v1", "app=a"), ((string?)scale["kind"], (string?)scale["apiVersion"], (string?)scale["status"]!["selector"]));
        Assert.Equal((200, 409, 200), (put, stale, patched));
        Assert.Equal(0, (int)scaled["spec"]!["replicas"]!);
        Assert.Equal(3, (int)_server.Api.Find(TestApi.Deployments, "default", "web")!.Parse()["spec"]!["replicas"]!);
    }

    [Theory]
    [InlineData("""{"kind":"Scale","apiVersion":"autoscaling/v1","spec":{"replicas":"3"}}""", "", 400, "")]
    [InlineData("""{"kind":"Deployment","apiVersion":"apps/v1","spec":{"replicas":3}}""", "", 400, "")]
    [InlineData("""{"spec":{"replicas":3,"replics":3}}""", "?fieldValidation=Strict", 422, "")]
    [InlineData("""{"spec":{"replicas":3,"replics":3}}""", "", 200, "unknown field \\\"spec.replics\\\"")]
    [InlineData("""{"spec":{"replicas":-1}}""", "", 422, "")]
    public async Task Scale_IsCheckedAsOtherKindsAre(string body, string query, int expected, string warning)
    {
        _server.Api.Create(TestApi.Deployments, TestApi.Deployment("web"));

        using var answer = await _server.SendRawAsync(HttpMethod.Put, $"/apis/apps/v1/namespaces/default/deployments/web/scale{query}", body);

        Assert.Equal(expected, (int)answer.StatusCode);
        Assert.Contains(warning, answer.Headers.TryGetValues("Warning", out var warnings) ? string.Join(',', warnings) : "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_AreBoundOnce()
    {
        _server.Api.Create(TestApi.Pods, TestApi.Pod("a"));
        const string path = "/api/v1/namespaces/default/pods/a/binding";

        var (bound, _) = await _server.PostAsync(path, """{"target":{"kind":"Node","name":"node-1"}}""");
        var (again, refusal) = await _server.PostAsync(path, """{"target":{"kind":"Node","name":"node-2"}}""");

        Assert.Equal((201, 409), (bound, again));
        Assert.Contains("already assigned to node \"node-1\"", (string?)refusal["message"], StringComparison.Ordinal);
        Assert.Equal("node-1", (string?)_server.Api.Find(TestApi.Pods, "default", "a")!.Parse()["spec"]!["nodeName"]);
    }

    [Fact]
    public async Task DeleteCollection_DeletesWhatIsSelected()
    {
        for (var i = 0; i < 3; i++) _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap($"n{i}"));

        var (code, gone) = await _server.SendAsync(HttpMethod.Delete, ConfigMaps + "?fieldSelector=metadata.name!=n1", null);

        Assert.Equal((200, "n0,n2"), (code, string.Join(',', Names(gone))));
        Assert.Equal("n1", Assert.Single(_server.Api.List(TestApi.ConfigMaps).Items).Name);
    }

    [Theory]
    [InlineData("application/vnd.kubernetes.protobuf", 406)]
    [InlineData("application/vnd.kubernetes.protobuf,application/json", 200)]
    [InlineData("application/yaml", 406)]
    [InlineData("*/*", 200)]
    [InlineData("application/*", 200)]
    public async Task Forms_AreNegotiated(string accept, int expected)
    {
        using var answer = await _server.SendRawAsync(HttpMethod.Get, ConfigMaps, null, accept: accept);

        Assert.Equal(expected, (int)answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Tables_AndMetadata_AreForms()
    {
        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a"));

        var (_, table) = await _server.GetAsync(ConfigMaps, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        var (_, partial) = await _server.GetAsync(ConfigMaps, "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");

        Assert.Equal(("Table", 1), ((string?)table["kind"], table["rows"]!.AsArray().Count));
        Assert.NotNull(table["metadata"]!["resourceVersion"]);
        Assert.Equal("PartialObjectMetadataList", (string?)partial["kind"]);
        Assert.Null(partial["items"]![0]!["data"]);
        Assert.Equal("a", (string?)partial["items"]![0]!["metadata"]!["name"]);
    }

    [Fact]
    public async Task Pretty_IsForPeople_AndTheSame()
    {
        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a"));
        using var pretty = await _server.SendRawAsync(HttpMethod.Get, ConfigMaps + "?pretty", null);
        using var plain = await _server.SendRawAsync(HttpMethod.Get, ConfigMaps, null);

        var (first, second) = (await pretty.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains("\n  \"items\"", first, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(first), JsonNode.Parse(second)));
    }

    [Theory]
    [InlineData("/api/v1/namespaces/default/pods/a/exec?command=id&stdout=true")]
    [InlineData("/api/v1/namespaces/default/pods/a/log")]
    [InlineData("/api/v1/namespaces/default/pods/a/portforward")]
    public async Task Streams_WithoutARuntime_AreRefusedInWords(string path)
    {
        _server.Api.Create(TestApi.Pods, TestApi.Pod("a", "node-1"));

        var (code, status) = await _server.GetAsync(path);

        Assert.Equal((501, "NotImplemented"), (code, (string?)status["reason"]));
    }

    [Fact]
    public async Task EveryAddress_IsReachedAtThisMachinesOwn()
    {
        await using var other = await TestServer.StartAsync((options, _) => options with { Listen = [new IPEndPoint(IPAddress.Any, 0)] });
        using var client = other.Client();

        Assert.StartsWith("https://127.0.0.1:", other.Server.Address, StringComparison.Ordinal);
        Assert.Equal("ok", await client.GetStringAsync("/healthz", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Sockets_ThatListenAlready_AreServedToo()
    {
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        await using var other = await TestServer.StartAsync((options, _) => options with { ListenHandles = [socket.Handle] });
        using var client = other.Client();

        Assert.Equal("ok", await client.GetStringAsync($"https://{socket.LocalEndPoint}/healthz", TestContext.Current.CancellationToken));
        Assert.Equal("ok", await client.GetStringAsync($"{other.Server.Address}/healthz", TestContext.Current.CancellationToken));
    }

    private static List<string> Names(JsonObject list) => [.. list["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!)];
}
