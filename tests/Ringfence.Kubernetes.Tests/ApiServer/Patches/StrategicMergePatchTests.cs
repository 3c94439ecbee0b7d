using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Patches;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.Tests.ApiServer.Patches;

public class StrategicMergePatchTests
{
    private static readonly ResourceType s_pods = ResourceCatalog.Find("", "v1", "pods")!;
    private static readonly ResourceType s_deployments = ResourceCatalog.Find("apps", "v1", "deployments")!;

    [Theory]

    // Entries of lists with a key: merged, new ones before those that only the server has, unless an order is given.
    [InlineData(
        """{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]}}""",
        """{"spec":{"containers":[{"name":"b","image":"2"}]}}""",
        """{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"}]}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"a"}]}}""",
        """{"spec":{"containers":[{"name":"c"}]}}""",
        """{"spec":{"containers":[{"name":"c"},{"name":"a"}]}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"$setElementOrder/containers":[{"name":"a"},{"name":"c"},{"name":"b"}],"containers":[{"name":"c"}]}}""",
        """{"spec":{"containers":[{"name":"a"},{"name":"c"},{"name":"b"}]}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"a"},{"name":"x"},{"name":"b"}]}}""",
        """{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}""",
        """{"spec":{"containers":[{"name":"x"},{"name":"b"},{"name":"a"}]}}""")]

    // Directives.
    [InlineData(
        """{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}""",
        """{"spec":{"containers":[{"name":"b"}]}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"containers":[{"$patch":"replace"},{"name":"c"}]}}""",
        """{"spec":{"containers":[{"name":"c"}]}}""")]
    [InlineData(
        """{"metadata":{"labels":{"a":"1","b":"2"}}}""",
        """{"metadata":{"labels":{"$patch":"replace","c":"3"}}}""",
        """{"metadata":{"labels":{"c":"3"}}}""")]
    [InlineData(
        """{"spec":{"securityContext":{"runAsUser":1}}}""",
        """{"spec":{"securityContext":{"$patch":"delete"}}}""",
        """{"spec":{"securityContext":{}}}""")]
    [InlineData(
        """{"spec":{"volumes":[{"name":"v","emptyDir":{}}]}}""",
        """{"spec":{"volumes":[{"$retainKeys":["name","hostPath"],"name":"v","hostPath":{"path":"/"}}]}}""",
        """{"spec":{"volumes":[{"name":"v","hostPath":{"path":"/"}}]}}""")]
    [InlineData(
        """{"metadata":{"finalizers":["a/1","a/2","a/3"]}}""",
        """{"metadata":{"$deleteFromPrimitiveList/finalizers":["a/2"]}}""",
        """{"metadata":{"finalizers":["a/1","a/3"]}}""")]
    [InlineData(
        """{"metadata":{"finalizers":["a/1","a/2"]}}""",
        """{"metadata":{"finalizers":["a/2","a/3"]}}""",
        """{"metadata":{"finalizers":["a/1","a/2","a/3"]}}""")]

    // Lists without keys are replaced, nulls take away, and new objects have no nulls and no directives.
    [InlineData("""{"spec":{"tolerations":[{"key":"a"}]}}""", """{"spec":{"tolerations":[{"key":"b"}]}}""", """{"spec":{"tolerations":[{"key":"b"}]}}""")]
    [InlineData("""{"spec":{"nodeName":"n","hostname":"h"}}""", """{"spec":{"nodeName":null}}""", """{"spec":{"hostname":"h"}}""")]
    [InlineData("{}", """{"spec":{"nodeName":null,"containers":[{"name":"a","image":null},{"name":"b","$patch":"delete"}]}}""", """{"spec":{"containers":[{"name":"a"}]}}""")]

    // Entries with the same first key stay apart where the patch does not name them.
    [InlineData(
        """{"spec":{"containers":[{"name":"a","ports":[{"containerPort":53,"protocol":"TCP"},{"containerPort":53,"protocol":"UDP"}]}]}}""",
        """{"spec":{"containers":[{"name":"a","ports":[{"containerPort":80}]}]}}""",
        """{"spec":{"containers":[{"name":"a","ports":[{"containerPort":80},{"containerPort":53,"protocol":"TCP"},{"containerPort":53,"protocol":"UDP"}]}]}}""")]
    public void Apply_Patch_GivesWhatTheApiServerGives(string value, string patch, string expected) =>
        Assert.Equal(expected, Apply(s_pods, value, patch).ToJsonString());

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"spec":{"$patch":"explode"}}""")]
    [InlineData("""{"spec":{"$patch":1}}""")]
    [InlineData("""{"spec":{"containers":[{"image":"a"}]}}""")]
    [InlineData("""{"spec":{"containers":["a"]}}""")]
    [InlineData("""{"spec":{"$retainKeys":["a"],"b":1}}""")]
    [InlineData("""{"spec":{"$setElementOrder/containers":1}}""")]
    [InlineData("""{"metadata":{"$deleteFromPrimitiveList/finalizers":1}}""")]
    public void Apply_BadPatch_IsRefused(string patch) =>
        Assert.Equal(400, Assert.Throws<ApiException>(() => Apply(s_pods, """{"spec":{"containers":[{"name":"a"}]}}""", patch)).Code);

    [Fact]
    public void Apply_Strategy_GivesUpTheSettingsOfTheOtherOne() => Assert.Equal(
        """{"spec":{"strategy":{"type":"Recreate"}}}""",
        Apply(
            s_deployments,
            """{"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}}""",
            """{"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}}""").ToJsonString());

    // What holds for one kind and good patches must not end the server for others and bad ones.
    [Fact]
    public void Apply_AnyPatchToAnyObject_IsAppliedOrRefused()
    {
        var random = new Random(3);
        string[] keys =
        [
            "spec", "metadata", "status", "containers", "name", "ports", "$patch", "$retainKeys", "$setElementOrder/containers", "$deleteFromPrimitiveList/finalizers",
            "finalizers", "volumes", "labels", "template", "strategy", "ownerReferences", "$setElementOrder/finalizers", "conditions",
        ];
        JsonNode? Any(int depth) => random.Next(depth > 0 ? 8 : 4) switch
        {
            0 => null,
            1 => (JsonNode)random.Next(3),
            2 => (JsonNode)new[] { "delete", "replace", "merge", "a", "b" }[random.Next(5)],
            3 => (JsonNode)true,
            4 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Any(depth - 1))]),
            _ => new JsonObject(Enumerable.Range(0, random.Next(5)).Select(_ => keys[random.Next(keys.Length)]).Distinct().Select(key => KeyValuePair.Create(key, Any(depth - 1)))),
        };
        for (var round = 0; round < 20_000; round++)
        {
            var type = ResourceCatalog.All[random.Next(ResourceCatalog.All.Length)];
            var (value, patch) = (Any(6) as JsonObject ?? [], Any(6));
            var text = Encoding.UTF8.GetBytes(patch?.ToJsonString() ?? "null");
            try
            {
                var result = StrategicMergePatch.Apply(type, value, text);
                Assert.Null(result.Parent);
                Strictness.Check(type, Encoding.UTF8.GetBytes(result.ToJsonString()), out _);
            }
            catch (ApiException refused)
            {
                Assert.Equal(400, refused.Code);
            }
        }
    }

    // Whatever the patch: the value stays as it is, and the same patch again changes nothing more.
    [Fact]
    public void Apply_Again_ChangesNothing()
    {
        var random = new Random(11);
        for (var round = 0; round < 3000; round++)
        {
            var (value, patch) = (RandomPod(random), RandomPod(random));
            var before = value.ToJsonString();
            var once = Apply(s_pods, before, patch.ToJsonString());
            var twice = Apply(s_pods, once.ToJsonString(), patch.ToJsonString());
            Assert.Equal(once.ToJsonString(), twice.ToJsonString());
            Assert.Equal(before, value.ToJsonString());

            // And everything that it says is there.
            foreach (var container in patch["spec"]!["containers"]!.AsArray())
            {
                var merged = once["spec"]!["containers"]!.AsArray().Single(other => (string?)other!["name"] == (string?)container!["name"]);
                Assert.Equal((string?)container!["image"], (string?)merged!["image"]);
            }
        }
    }

    private static JsonObject RandomPod(Random random)
    {
        JsonArray Some(Func<int, JsonObject> make) => [.. Enumerable.Range(0, 5).Where(_ => random.Next(2) == 0).OrderBy(_ => random.Next()).Select(i => (JsonNode)make(i))];
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = new JsonObject { [$"k{random.Next(3)}"] = $"{random.Next(3)}" } },
            ["spec"] = new JsonObject
            {
                ["tolerations"] = Some(i => new JsonObject { ["key"] = $"t{i}" }),
                ["containers"] = Some(i => new JsonObject
                {
                    ["name"] = $"c{i}",
                    ["image"] = $"i{random.Next(3)}",
                    ["env"] = Some(j => new JsonObject { ["name"] = $"E{j}", ["value"] = $"{random.Next(3)}" }),
                }),
            },
        };
    }

    private static JsonObject Apply(ResourceType type, string value, string patch) =>
        StrategicMergePatch.Apply(type, JsonNode.Parse(value)!.AsObject(), Encoding.UTF8.GetBytes(patch));
}
