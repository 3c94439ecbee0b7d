using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.Tests.ApiServer;

/// <summary>Two forms of one kind are the same objects.</summary>
public sealed class KindConversionTests : IAsyncLifetime
{
    private const string V1 = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers";
    private const string V2 = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";
    private const string Patch = "application/merge-patch+json";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Autoscaler_OfTheOlderForm_IsOneOfTheNewer()
    {
        var (code, made) = await _server.PostAsync(V1, """{"kind":"HorizontalPodAutoscaler","apiVersion":"autoscaling/v1","metadata":{"name":"a"},"spec":{"maxReplicas":3,"scaleTargetRef":{"kind":"Deployment","name":"web"},"targetCPUUtilizationPercentage":70}}""");

        Assert.Equal((201, "autoscaling/v1", 70), (code, (string?)made["apiVersion"], (int)made["spec"]!["targetCPUUtilizationPercentage"]!));
        var (_, newer) = await _server.GetAsync(V2 + "/a");
        Assert.Equal("autoscaling/v2", (string?)newer["apiVersion"]);
        Assert.Equal("""[{"type":"Resource","resource":{"name":"cpu","target":{"averageUtilization":70,"type":"Utilization"}}}]""", newer["spec"]!["metrics"]!.ToJsonString());
        var (_, list) = await _server.GetAsync(V1);
        Assert.Equal(("autoscaling/v1", 70), ((string?)list["apiVersion"], (int)list["items"]![0]!["spec"]!["targetCPUUtilizationPercentage"]!));
        Assert.Null(list["items"]![0]!["spec"]!["metrics"]);
    }

    // What the older form has no field for outlives a change through it.
    [Fact]
    public async Task Autoscaler_ChangedInTheOlderForm_KeepsWhatThatDoesNotHave()
    {
        await _server.PostAsync(V2, """
            {"metadata":{"name":"a"},"spec":{"maxReplicas":3,"scaleTargetRef":{"kind":"Deployment","name":"web"},"behavior":{"scaleDown":{"selectPolicy":"Disabled"}},
             "metrics":[{"type":"Resource","resource":{"name":"memory","target":{"type":"AverageValue","averageValue":"1Gi"}}},{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":50}}}]}}
            """);

        var (code, patched) = await _server.SendAsync(HttpMethod.Patch, V1 + "/a", """{"spec":{"targetCPUUtilizationPercentage":60,"maxReplicas":9}}""", Patch);
        var (strict, _) = await _server.SendAsync(HttpMethod.Patch, V1 + "/a?fieldValidation=Strict", """{"spec":{"behavior":{}}}""", Patch);

        Assert.Equal((200, 60, 422), (code, (int)patched["spec"]!["targetCPUUtilizationPercentage"]!, strict));
        var spec = (await _server.GetAsync(V2 + "/a")).Body["spec"]!;
        Assert.Equal((9, "Disabled"), ((int)spec["maxReplicas"]!, (string?)spec["behavior"]!["scaleDown"]!["selectPolicy"]));
        Assert.Equal(("1Gi", 60), ((string?)spec["metrics"]![0]!["resource"]!["target"]!["averageValue"], (int)spec["metrics"]![1]!["resource"]!["target"]!["averageUtilization"]!));
    }

    [Fact]
    public async Task Autoscaler_IsWatchedAndDeletedInEitherForm()
    {
        using var watch = await _server.WatchAsync(V1 + "?watch=true");
        await _server.PostAsync(V2, """{"metadata":{"name":"a"},"spec":{"maxReplicas":3,"scaleTargetRef":{"kind":"Deployment","name":"web"}}}""");
        await _server.SendAsync(HttpMethod.Delete, V1 + "/a", null);

        var (added, value) = (await watch.NextAsync())!.Value;
        Assert.Equal(("ADDED", "autoscaling/v1", 80), (added, (string?)value["apiVersion"], (int)value["spec"]!["targetCPUUtilizationPercentage"]!));
        Assert.Equal("DELETED", (await watch.NextAsync())!.Value.Type);
        Assert.Equal(404, (await _server.GetAsync(V2 + "/a")).Code);
    }

    [Fact]
    public async Task Events_AreTheSameInBothGroups()
    {
        const string core = "/api/v1/namespaces/default/events", events = "/apis/events.k8s.io/v1/namespaces/default/events";
        await _server.PostAsync(core, """{"metadata":{"name":"a"},"involvedObject":{"kind":"Pod","name":"p"},"message":"m","reason":"R","count":3,"type":"Normal"}""");
        await _server.PostAsync(events, """{"metadata":{"name":"b"},"regarding":{"kind":"Node","name":"n"},"note":"o","reason":"R","action":"A","eventTime":"2026-01-01T00:00:00.000000Z","type":"Normal"}""");

        var (_, a) = await _server.GetAsync(events + "/a");
        var (_, b) = await _server.GetAsync(core + "/b");
        var (_, ofPods) = await _server.GetAsync(events + "?fieldSelector=regarding.kind=Pod");

        Assert.Equal(("events.k8s.io/v1", "m", "p", 3), ((string?)a["apiVersion"], (string?)a["note"], (string?)a["regarding"]!["name"], (int)a["deprecatedCount"]!));
        Assert.Equal(("v1", "o", "n", "A"), ((string?)b["apiVersion"], (string?)b["message"], (string?)b["involvedObject"]!["name"], (string?)b["action"]));
        Assert.Equal("a", (string?)Assert.Single(ofPods["items"]!.AsArray())!["metadata"]!["name"]);
    }
}
