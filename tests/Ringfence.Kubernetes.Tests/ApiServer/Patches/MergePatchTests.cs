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
            var (from, to) = (RandomObject(random, 4), RandomObject(random, 4));
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
