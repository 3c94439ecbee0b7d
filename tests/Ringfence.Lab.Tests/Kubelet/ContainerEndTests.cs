using System.Text.Json.Nodes;
using Ringfence.Lab.Kubelet;
using Xunit;

namespace Ringfence.Lab.Tests.Kubelet;

public sealed class ContainerEndTests
{
    private static readonly DateTimeOffset Started = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("Never", 0, "Succeeded")]
    [InlineData("Never", 2, "Failed")]
    [InlineData("OnFailure", 0, "Succeeded")]
    [InlineData("OnFailure", 2, "Running")]
    [InlineData("Always", 0, "Running")]
    public void OnlyContainer_EndsThePod_OrBeginsAnew(string policy, int code, string phase)
    {
        var pod = Pod(policy, "one");

        PodStatusText.SetEnded(pod, "one", code, Started, Started.AddSeconds(1));

        var container = pod["status"]!["containerStatuses"]![0]!;
        Assert.Equal(phase, (string?)pod["status"]!["phase"]);
        var isAgain = phase == "Running";
        Assert.Equal(isAgain ? 1 : 0, (int?)container["restartCount"]);
        var end = (isAgain ? container["lastState"] : container["state"])!["terminated"]!;
        Assert.Equal((code, "2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"), ((int)end["exitCode"]!, (string?)end["startedAt"], (string?)end["finishedAt"]));
        Assert.Equal(isAgain ? "True" : "False", (string?)pod["status"]!["conditions"]!.AsArray().Single(item => (string?)item!["type"] == "Ready")!["status"]);
    }

    [Fact]
    public void OneOfSeveral_LeavesThePodRunning_AndStaysEnded()
    {
        var pod = Pod("Never", "one", "two");

        PodStatusText.SetEnded(pod, "one", 0, Started, Started);
        Assert.Equal("Running", (string?)pod["status"]!["phase"]);
        PodStatusText.SetRunning(pod, Objects.Pod("p"), Started.AddSeconds(9));

        Assert.NotNull(pod["status"]!["containerStatuses"]![0]!["state"]!["terminated"]);
        Assert.NotNull(pod["status"]!["containerStatuses"]![1]!["state"]!["running"]);
    }

    [Theory]
    [InlineData("""{"command":["a"],"args":["b"]}""", "a b")]
    [InlineData("""{"args":["b","c"]}""", "b c")]
    [InlineData("""{}""", "sh")]
    [InlineData("""{"image":"registry.k8s.io/e2e-test-images/agnhost:2.53","args":["connect","x:1"]}""", "/agnhost connect x:1")]
    [InlineData("""{"image":"registry.k8s.io/e2e-test-images/agnhost:2.53","command":["sh"]}""", "sh")]
    public void Command_IsWhatTheContainerSays(string container, string words) =>
        Assert.Equal(words, string.Join(' ', InteractiveContainer.Command(JsonNode.Parse(container)!.AsObject())));

    private static JsonObject Pod(string policy, params string[] containers)
    {
        var pod = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = "u" },
            ["spec"] = new JsonObject
            {
                ["restartPolicy"] = policy,
                ["containers"] = new JsonArray([.. containers.Select(name => (JsonNode)new JsonObject { ["name"] = name })]),
            },
        };
        PodStatusText.SetRunning(pod, Objects.Pod("p"), Started);
        return pod;
    }
}
