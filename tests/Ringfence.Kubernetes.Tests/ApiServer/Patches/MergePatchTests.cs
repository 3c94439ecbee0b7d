using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Patches;

namespace Ringfence.Kubernetes.Tests.ApiServer.Patches;

public class MergePatchTests
{
    // Those of RFC 7386, appendix A, whose documents are objects.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":{"b":"c","e":"f"}}""", """{"a":{"b":"d"}}""", """{"a":{"b":"d","e":"f"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void Apply_Patch_GivesWhatTheStandardSays(string value, string patch, string expected) =>
        Assert.Equal(expected, Apply(JsonNode.Parse(value)!.AsObject(), patch).ToJsonString());

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"a\"")]
    [InlineData("{\"a\"")]
    public void Apply_WhatIsNoObject_IsRefused(string patch) => Assert.Equal(400, Assert.Throws<ApiException>(() => Apply([], patch)).Code);

    [Fact]
    public void Apply_TheDifference_GivesTheOther()
    {
        var random = new Random(5);
        for (var round = 0; round < 3000; round++)
        {
            var from = RandomObject(random, 4);
            var to = Changed(random, from, 4);
            var before = from.ToJsonString();
            var result = Apply(from, Difference(from, to).ToJsonString());
            Assert.True(JsonNode.DeepEquals(to, result), $"{before} -> {to.ToJsonString()}: {result.ToJsonString()}");
            Assert.Equal(before, from.ToJsonString());
        }
    }

    private static JsonObject Difference(JsonObject from, JsonObject to)
    {
        var patch = new JsonObject();
        foreach (var (key, _) in from)
            if (!to.ContainsKey(key)) patch[key] = null;
        foreach (var (key, value) in to)
            if (value is JsonObject inner) patch[key] = from[key] is JsonObject old ? Difference(old, inner) : inner.DeepClone();
            else if (!JsonNode.DeepEquals(from[key], value)) patch[key] = value?.DeepClone();
        return patch;
    }

    // Most stays as it is: a difference that says too little would be seen.
    private static JsonObject Changed(Random random, JsonObject value, int depth)
    {
        var changed = value.DeepClone().AsObject();
        foreach (var key in value.Select(pair => pair.Key))
            if (changed[key] is JsonObject inner && random.Next(4) > 0) changed[key] = Changed(random, inner, depth - 1);
            else if (random.Next(4) == 0) changed.Remove(key);
        if (random.Next(2) == 0) changed[$"k{random.Next(4)}"] = RandomObject(random, depth - 1);
        return changed;
    }

    private static JsonObject RandomObject(Random random, int depth)
    {
        var value = new JsonObject();
        for (var i = random.Next(4); i > 0; i--)
            value[$"k{random.Next(4)}"] = random.Next(depth > 0 ? 5 : 3) switch
            {
                0 => random.Next(3),
                1 => $"{random.Next(3)}",
                2 => new JsonArray(random.Next(3), "x"),
                _ => RandomObject(random, depth - 1),
            };
        return value;
    }

    private static JsonObject Apply(JsonObject value, string patch) => MergePatch.Apply(value, Encoding.UTF8.GetBytes(patch));
}
