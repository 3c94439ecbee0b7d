using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;

namespace Ringfence.Kubernetes.Tests.ApiServer;

public sealed class EphemeralContainerTests : IDisposable
{
    private static readonly WriteOptions Apart = new() { Subresource = "ephemeralcontainers" };

    private readonly TestApi _server = new();

    private ObjectApi Api => _server.Api;

    public void Dispose() => _server.Dispose();

    [Fact]
    public void Containers_Come_AndNothingElseChanges()
    {
        Api.Create(TestApi.Pods, TestApi.Pod("web"));

        var written = Write("""[{"name":"debugger","image":"netshoot","stdin":true,"targetContainerName":"main"}]""", pod =>
        {
            pod["metadata"]!["labels"] = new JsonObject { ["app"] = "other" };
            pod["spec"]!["hostNetwork"] = true;
        });

        Assert.Equal("debugger", (string?)written["spec"]!["ephemeralContainers"]![0]!["name"]);
        Assert.Equal("File", (string?)written["spec"]!["ephemeralContainers"]![0]!["terminationMessagePolicy"]);
        Assert.Null(written["metadata"]!["labels"]);
        Assert.Null(written["spec"]!["hostNetwork"]);
    }

    [Theory]
    [InlineData("""[]""", "spec.ephemeralContainers: Forbidden: existing ephemeral containers \"debugger\" may not be removed\n")]
    [InlineData("""[{"name":"debugger","image":"other"}]""", "spec.ephemeralContainers: Forbidden: existing ephemeral containers \"debugger\" may not be changed\n")]
    [InlineData("""[{"name":"debugger","image":"netshoot"},{"name":"main","image":"x"}]""", "spec.ephemeralContainers[1].name: Duplicate value: \"main\"")]
    [InlineData("""[{"name":"debugger","image":"netshoot"},{"name":"b","image":"x","targetContainerName":"none"}]""", "spec.ephemeralContainers[1].targetContainerName: Not found: \"none\"")]
    [InlineData("""[{"name":"debugger","image":"netshoot"},{"name":"b","image":"x","ports":[{"containerPort":80}]}]""", "spec.ephemeralContainers[1].ports: Forbidden: cannot be set for an Ephemeral Container")]
    [InlineData("""[{"name":"debugger","image":"netshoot"},{"name":"b"}]""", "spec.ephemeralContainers[1].image: Required value")]
    public void WhatIsWrong_IsRefused(string containers, string message)
    {
        Api.Create(TestApi.Pods, TestApi.Pod("web"));
        Write("""[{"name":"debugger","image":"netshoot"}]""");

        var refused = Assert.Throws<ApiException>(() => Write(containers));

        Assert.Equal(422, refused.Code);
        Assert.Equal($"Pod \"web\" is invalid: {message}", refused.Message);
    }

    [Fact]
    public void PlainUpdate_DoesNotAddThem()
    {
        Api.Create(TestApi.Pods, TestApi.Pod("web"));

        var refused = Assert.Throws<ApiException>(() => Api.Update(TestApi.Pods, "default", "web", pod =>
        {
            pod["spec"]!["ephemeralContainers"] = JsonNode.Parse("""[{"name":"debugger","image":"netshoot"}]""");
            return pod;
        }));

        Assert.Contains("pod updates may not change fields other than", refused.Message, StringComparison.Ordinal);
    }

    private JsonObject Write(string containers, Action<JsonObject>? also = null) => Api.Update(TestApi.Pods, "default", "web", pod =>
    {
        pod["spec"]!["ephemeralContainers"] = JsonNode.Parse(containers);
        also?.Invoke(pod);
        return pod;
    }, Apart).Parse();
}
