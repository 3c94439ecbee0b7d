using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.Tests.ApiServer;

public sealed class PodsByNodeTests
{
    private static readonly string[] s_nodes = ["", "n1", "n2", "n3"];

    // The same as looking at every pod, whatever was done before.
    [Fact]
    public void On_AfterRandomChanges_IsWhatASearchFinds()
    {
        using var server = new TestApi();
        var random = new Random(7);
        for (var i = 0; i < 600; i++)
        {
            var name = $"pod-{random.Next(40)}";
            switch (server.Api.Find(TestApi.Pods, "default", name))
            {
                case null:
                    server.Api.Create(TestApi.Pods, TestApi.Pod(name, s_nodes[random.Next(4)] is { Length: > 0 } node ? node : null));
                    break;
                case { } pod when NodeOf(pod).Length == 0 && random.Next(2) == 0:
                    server.Api.Update(TestApi.Pods, "default", name, value => With(value, "nodeName", $"n{1 + random.Next(3)}"), new WriteOptions { Subresource = "binding" });
                    break;
                case not null when random.Next(3) == 0:
                    server.Api.Delete(TestApi.Pods, "default", name, new DeleteOptions { GracePeriodSeconds = 0 });
                    break;
                default:
                    server.Api.Update(TestApi.Pods, "default", name, value => With(value, "activeDeadlineSeconds", 1000 - i));
                    break;
            }

            if (i % 50 == 0) Check(server.Api.State);
        }

        Check(server.Api.State);
        server.Restart();
        Check(server.Api.State);
    }

    [Fact]
    public async Task Pages_OfANode_AreOfOneVersion()
    {
        await using var server = await TestServer.StartAsync();
        for (var i = 0; i < 9; i++) server.Api.Create(TestApi.Pods, TestApi.Pod($"p{i}", i % 3 == 0 ? "other" : "mine"));
        const string path = "/api/v1/pods?fieldSelector=spec.nodeName%3Dmine&limit=2";

        async Task<string> NamesAsync(Action meanwhile)
        {
            var (_, page) = await server.GetAsync(path);
            var names = Names(page);
            meanwhile();
            while ((string?)page["metadata"]!["continue"] is { Length: > 0 } token)
            {
                (_, page) = await server.GetAsync($"{path}&continue={token}");
                names.AddRange(Names(page));
            }

            return string.Join(',', names);
        }

        Assert.Equal("p1,p2,p4,p5,p7,p8", await NamesAsync(() => { }));
        Assert.Equal("p1,p2,p4,p5,p7,p8", await NamesAsync(() => server.Api.Delete(TestApi.Pods, "default", "p4", new DeleteOptions { GracePeriodSeconds = 0 })));
        Assert.Equal("p1,p2,p5,p7,p8", await NamesAsync(() => { }));
    }

    [Fact]
    public async Task Watch_OfANode_BeginsWithItsPods()
    {
        await using var server = await TestServer.StartAsync();
        server.Api.Create(TestApi.Pods, TestApi.Pod("theirs", "other"));
        server.Api.Create(TestApi.Pods, TestApi.Pod("ours", "mine"));
        using var watch = await server.WatchAsync("/api/v1/pods?watch=true&fieldSelector=spec.nodeName%3Dmine");
        server.Api.Create(TestApi.Pods, TestApi.Pod("new", "mine"));

        Assert.Equal(["ADDED ours", "ADDED new"], await watch.NextAsync(2));
    }

    private static void Check(StoreState state)
    {
        foreach (var node in s_nodes)
            Assert.Equal(state.In(TestApi.Pods, null).Where(pod => NodeOf(pod) == node).Select(pod => (pod.Name, pod.Version)), state.Nodes!.On(node).Select(pod => (pod.Name, pod.Version)));
    }

    private static string NodeOf(StoredObject pod) => (string?)pod.Parse()["spec"]!["nodeName"] ?? "";

    private static List<string> Names(JsonObject list) => [.. list["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!)];

    private static JsonObject With(JsonObject pod, string field, JsonNode value)
    {
        pod["spec"]![field] = value;
        return pod;
    }
}
