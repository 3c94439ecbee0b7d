using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Controllers;

namespace Ringfence.Kubernetes.Tests.ApiServer.Controllers;

public sealed class MirrorTests : IDisposable
{
    private readonly TestApi _test = new();
    private readonly Mirror _mirror = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task What_a_controller_removed_does_not_come_back_with_older_news()
    {
        var writer = new ObjectWriter(_test.Api, _mirror);
        var start = _test.Api.List(Kinds.ConfigMaps).Version;
        var item = writer.Create(Kinds.ConfigMaps, TestApi.ConfigMap("a"));
        item = writer.Update(item, body => body["data"]!["key"] = "2")!;
        writer.Delete(item);
        Assert.Null(_mirror.Find(item.Key));
        var again = writer.Create(Kinds.ConfigMaps, TestApi.ConfigMap("a", "3"));

        var seen = 0;
        await foreach (var change in _test.Api.WatchAsync(Kinds.ConfigMaps, start, TestContext.Current.CancellationToken))
        {
            _mirror.Observe(change);
            Assert.Same(again, _mirror.Find(item.Key));
            if (++seen == 4) break;
        }

        writer.Delete(again);
        Assert.Null(_mirror.Find(item.Key));
        Assert.Empty(_mirror.All(Kinds.ConfigMaps));
        Assert.Empty(_mirror.In(Kinds.ConfigMaps, "default"));
    }

    [Fact]
    public void Older_news_do_not_bring_back_what_was_removed()
    {
        var writer = new ObjectWriter(_test.Api, _mirror);
        var item = writer.Create(Kinds.ConfigMaps, TestApi.ConfigMap("a"));
        writer.Delete(item);
        _mirror.Observe(new StoredChange(ChangeKind.Added, item.Stored, null));
        Assert.Null(_mirror.Find(item.Key));
    }

    [Fact]
    public void Nothing_is_written_over_what_the_controller_did_not_see()
    {
        var writer = new ObjectWriter(_test.Api, _mirror);
        var item = writer.Create(Kinds.ConfigMaps, TestApi.ConfigMap("a"));
        _test.Api.Update(Kinds.ConfigMaps, "default", "a", body =>
        {
            body["data"]!["key"] = "theirs";
            return body;
        });
        Assert.Null(writer.Update(item, body => body["data"]!["key"] = "mine"));
        Assert.Equal("theirs", _test.Api.Find(Kinds.ConfigMaps, "default", "a")!.Parse().Text("data", "key"));

        _test.Api.Delete(Kinds.ConfigMaps, "default", "a");
        _test.Api.Create(Kinds.ConfigMaps, TestApi.ConfigMap("a", "another"));
        writer.Delete(item);
        Assert.Equal("another", _test.Api.Find(Kinds.ConfigMaps, "default", "a")!.Parse().Text("data", "key"));
    }

    [Fact]
    public void Object_goes_with_its_last_finalizer()
    {
        var writer = new ObjectWriter(_test.Api, _mirror);
        var body = TestApi.ConfigMap("a");
        body["metadata"]!["finalizers"] = new System.Text.Json.Nodes.JsonArray("example.org/hold");
        var item = writer.Create(Kinds.ConfigMaps, body);
        writer.Delete(item);
        item = _mirror.Find(item.Key)!;
        Assert.True(item.IsDeleting);
        Assert.Null(writer.Update(item, json => OwnerReferences.RemoveFinalizer(json, "example.org/hold")));
        Assert.Null(_mirror.Find(item.Key));
    }

    [Fact]
    public void Objects_are_found_by_what_they_belong_to()
    {
        var writer = new ObjectWriter(_test.Api, _mirror);
        var owner = writer.Create(Kinds.ConfigMaps, TestApi.ConfigMap("owner"));
        var body = TestApi.ConfigMap("child");
        body["metadata"]!["ownerReferences"] = new System.Text.Json.Nodes.JsonArray(owner.ControllerReference());
        var child = writer.Create(Kinds.ConfigMaps, body);
        Assert.Equal([child], _mirror.OwnedBy(owner.Uid));
        Assert.Equal(owner.Uid, child.Controller!.Uid);
        writer.Update(child, json => OwnerReferences.Remove(json, owner.Uid));
        Assert.Empty(_mirror.OwnedBy(owner.Uid));
        _mirror.Replace(Kinds.ConfigMaps, [owner.Stored]);
        Assert.Equal([owner], _mirror.All(Kinds.ConfigMaps));
    }
}
