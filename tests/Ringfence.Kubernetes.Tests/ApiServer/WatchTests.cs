using System.Globalization;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.Tests.ApiServer;

public sealed class WatchTests
{
    [Fact]
    public async Task ManyWriters_EveryWatcherSeesEachChangeOnceAndInOrder()
    {
        const int writers = 8, rounds = 100;
        using var server = new TestApi();
        var start = server.Api.State.Version;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var watchers = Enumerable.Range(0, 4).Select(i => Task.Run(() => CollectAsync(server.Api, i % 2 == 0 ? TestApi.ConfigMaps : null, start, writers * rounds * 3, end.Token))).ToArray();

        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => Write(server.Api, writer, rounds))));

        foreach (var watcher in watchers)
        {
            var seen = await watcher.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            Assert.Equal(Enumerable.Range(1, seen.Count).Select(i => start + i), seen.Select(each => each.Object.Version));
            foreach (var change in seen)
                Assert.Equal(change.Object.Version.ToString(CultureInfo.InvariantCulture), (string?)change.Object.Parse()["metadata"]!["resourceVersion"]);
            Assert.Equal([ChangeKind.Added, ChangeKind.Modified, ChangeKind.Deleted], seen.Where(each => each.Object.Name == "w3-7").Select(each => each.Kind));
        }
    }

    [Fact]
    public async Task ManyWritersOfOneObject_LoseNoUpdate()
    {
        const int writers = 8, rounds = 50;
        using var server = new TestApi();
        server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("counter", "0"));

        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < rounds; i++) server.Api.Update(TestApi.ConfigMaps, "default", "counter", Increment);
        })));

        Assert.Equal("400", (string?)server.Api.Find(TestApi.ConfigMaps, "default", "counter")!.Parse()["data"]!["key"]);

        static JsonObject Increment(JsonObject value)
        {
            value["data"]!["key"] = (int.Parse((string)value["data"]!["key"]!, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
            return value;
        }
    }

    [Fact]
    public async Task Watcher_OfAQuietKind_DoesNotExpire_WhileOthersAreBusy()
    {
        using var server = new TestApi(new StoreOptions { MostChanges = 10 });
        await using var watch = server.Api.WatchAsync(TestApi.Pods, server.Api.State.Version, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = watch.MoveNextAsync().AsTask();
        for (var i = 0; i < 100; i++) server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap($"n{i}"));
        server.Api.Create(TestApi.Pods, TestApi.Pod("late"));

        Assert.True(await next.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Equal("late", watch.Current.Object.Name);
    }

    [Fact]
    public async Task Watcher_ThatIsTooSlow_IsToldSo()
    {
        using var server = new TestApi(new StoreOptions { MostChanges = 10 });
        var start = server.Api.State.Version;
        for (var i = 0; i < 100; i++) server.Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap($"n{i}"));
        await using var watch = server.Api.WatchAsync(TestApi.ConfigMaps, start, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<ApiException>(async () => await watch.MoveNextAsync());

        Assert.Equal((410, "Expired"), (refused.Code, refused.Reason));
    }

    [Fact]
    public async Task Watch_EndsWhenCancelled()
    {
        using var server = new TestApi();
        using var end = new CancellationTokenSource();
        var all = CollectAsync(server.Api, null, server.Api.State.Version, 1, end.Token);

        await end.CancelAsync();

        Assert.Empty(await all.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
    }

    private static void Write(ObjectApi api, int writer, int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            var name = $"w{writer}-{i}";
            api.Create(TestApi.ConfigMaps, TestApi.ConfigMap(name));
            api.Update(TestApi.ConfigMaps, "default", name, value =>
            {
                value["data"]!["key"] = "2";
                return value;
            });
            api.Delete(TestApi.ConfigMaps, "default", name);
        }
    }

    private static async Task<List<StoredChange>> CollectAsync(ObjectApi api, ResourceType? type, long after, int count, CancellationToken cancellation)
    {
        var seen = new List<StoredChange>();
        await foreach (var change in api.WatchAsync(type, after, cancellation))
        {
            seen.Add(change);
            if (seen.Count == count) break;
        }

        return seen;
    }
}
