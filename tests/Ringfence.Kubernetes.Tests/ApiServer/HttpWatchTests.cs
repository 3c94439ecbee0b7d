using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.Tests.ApiServer;

public sealed class HttpWatchTests : IAsyncLifetime
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    private const int MostChanges = 50;
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync((options, _) => options with
    {
        BookmarkInterval = TimeSpan.FromMilliseconds(20),
        Store = new() { MostChanges = MostChanges },
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Watch_TellsWhatHappensAfterAVersion()
    {
        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("before"));
        var (_, list) = await _server.GetAsync(ConfigMaps);
        using var watch = await _server.WatchAsync($"{ConfigMaps}?watch=true&resourceVersion={(string?)list["metadata"]!["resourceVersion"]}");

        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a"));
        Change("a", value => value["data"]!["key"] = "2");
        _server.Api.Delete(TestApi.ConfigMaps, "default", "a");

        Assert.Equal(["ADDED a", "MODIFIED a", "DELETED a"], await watch.NextAsync(3));
    }

    [Fact]
    public async Task Watch_WithoutAVersion_BeginsWithWhatThereIs()
    {
        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("before"));
        using var watch = await _server.WatchAsync($"{ConfigMaps}?watch=true");
        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("after"));

        Assert.Equal(["ADDED before", "ADDED after"], await watch.NextAsync(2));
    }

    [Fact]
    public async Task InitialEvents_EndWithABookmark()
    {
        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("before"));
        using var watch = await _server.WatchAsync($"{ConfigMaps}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");

        var first = await watch.NextAsync();
        var (type, mark) = (await watch.NextAsync())!.Value;

        Assert.Equal("ADDED", first!.Value.Type);
        Assert.Equal(("BOOKMARK", "ConfigMap"), (type, (string?)mark["kind"]));
        Assert.Equal("true", (string?)mark["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);
        Assert.Equal(first.Value.Object["metadata"]!["resourceVersion"]!.ToString(), mark["metadata"]!["resourceVersion"]!.ToString());
    }

    [Fact]
    public async Task Bookmarks_TellVersionsOfOtherChanges()
    {
        using var watch = await _server.WatchAsync($"{ConfigMaps}?watch=true&allowWatchBookmarks=true&resourceVersion={_server.Api.List(TestApi.ConfigMaps).Version}");
        var made = _server.Api.Create(TestApi.Pods, TestApi.Pod("other"));

        while (true)
        {
            var (type, mark) = (await watch.NextAsync())!.Value;
            Assert.Equal("BOOKMARK", type);
            if ((string?)mark["metadata"]!["resourceVersion"] == made.Version.ToString()) break;
        }
    }

    [Fact]
    public async Task Selectors_MakeObjectsComeAndGo()
    {
        using var watch = await _server.WatchAsync($"{ConfigMaps}?watch=true&labelSelector=app%3Da&resourceVersion={_server.Api.List(TestApi.ConfigMaps).Version}");
        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("other"));
        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("x"));
        Change("x", value => value["metadata"]!["labels"] = new JsonObject { ["app"] = "a" });
        Change("x", value => value["data"]!["key"] = "2");
        Change("x", value => value["metadata"]!["labels"] = new JsonObject { ["app"] = "b" });
        Change("x", value => value["metadata"]!["labels"] = new JsonObject { ["app"] = "a" });
        _server.Api.Delete(TestApi.ConfigMaps, "default", "x");

        Assert.Equal(["ADDED x", "MODIFIED x", "DELETED x", "ADDED x", "DELETED x"], await watch.NextAsync(5));
    }

    [Fact]
    public async Task Watch_FromAVersionThatIsForgotten_IsGone()
    {
        for (var i = 0; i < 2 * MostChanges; i++) _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap($"n{i}"));

        using var watch = await _server.WatchAsync($"{ConfigMaps}?watch=true&resourceVersion=2");
        var (type, status) = (await watch.NextAsync())!.Value;

        Assert.Equal(("ERROR", 410, "Expired"), (type, (int)status["code"]!, (string?)status["reason"]));
        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task Pages_OfAVersionThatIsForgotten_AreGone()
    {
        for (var i = 0; i < 4; i++) _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap($"a{i}"));
        var (_, first) = await _server.GetAsync(ConfigMaps + "?limit=2");
        for (var i = 0; i < 2 * MostChanges; i++) _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap($"n{i}"));

        var (code, status) = await _server.GetAsync($"{ConfigMaps}?limit=2&continue={(string?)first["metadata"]!["continue"]}");

        Assert.Equal((410, "Expired"), (code, (string?)status["reason"]));
    }

    [Fact]
    public async Task Watch_OfOneObject_TellsOfItAlone()
    {
        using var watch = await _server.WatchAsync($"{ConfigMaps}/a?watch=true&resourceVersion={_server.Api.List(TestApi.ConfigMaps).Version}");
        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("b"));
        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a"));

        Assert.Equal(["ADDED a"], await watch.NextAsync(1));
    }

    [Fact]
    public async Task Watch_EndsAfterItsTime()
    {
        using var watch = await _server.WatchAsync($"{ConfigMaps}?watch=true&timeoutSeconds=1");

        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task Watch_AsATable_TellsColumnsOnce()
    {
        using var watch = await _server.WatchAsync($"{ConfigMaps}?watch=true", "application/json;as=Table;v=v1;g=meta.k8s.io");
        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a"));
        _server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("b"));

        var first = (await watch.NextAsync())!.Value.Object;
        var second = (await watch.NextAsync())!.Value.Object;

        Assert.Equal(("Table", "Table"), ((string?)first["kind"], (string?)second["kind"]));
        Assert.NotEmpty(first["columnDefinitions"]!.AsArray());
        Assert.Null(second["columnDefinitions"]);
        Assert.Equal("b", (string?)second["rows"]![0]!["cells"]![0]);
    }

    [Fact]
    public async Task Watches_EndWithTheServer()
    {
        using var watch = await _server.WatchAsync($"{ConfigMaps}?watch=true");

        await _server.Server.DisposeAsync();

        Assert.Null(await watch.NextAsync());
    }

    private void Change(string name, Action<JsonObject> change) => _server.Api.Update(TestApi.ConfigMaps, "default", name, value =>
    {
        change(value);
        return value;
    });
}
