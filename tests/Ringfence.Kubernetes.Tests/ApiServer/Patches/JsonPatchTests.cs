using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Patches;

namespace Ringfence.Kubernetes.Tests.ApiServer.Patches;

public class JsonPatchTests
{
    // Those of RFC 6902, appendix A, and of RFC 6901.
    [Theory]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [InlineData("""{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["bar","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"replace","path":"/baz","value":"boo"}]""", """{"baz":"boo","foo":"bar"}""")]
    [InlineData(
        """{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}""",
        """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""",
        """{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}""")]
    [InlineData("""{"foo":["all","grass","cows","eat"]}""", """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""", """{"foo":["all","cows","eat","grass"]}""")]
    [InlineData("""{"baz":"qux","foo":["a",2,"c"]}""", """[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2.0}]""", """{"baz":"qux","foo":["a",2,"c"]}""")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/child","value":{"grandchild":{}}}]""", """{"foo":"bar","child":{"grandchild":{}}}""")]
    [InlineData("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["abc","def"]}]""", """{"foo":["bar",["abc","def"]]}""")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":10},{"op":"remove","path":"/~1"}]""", """{"~1":10}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"copy","from":"/a","path":"/a/c"}]""", """{"a":{"b":1,"c":{"b":1}}}""")]
    [InlineData("""{"a":null}""", """[{"op":"test","path":"/a","value":null},{"op":"add","path":"/a","value":null}]""", """{"a":null}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":{"b":2}}]""", """{"b":2}""")]
    public void Apply_Operations_GiveWhatTheStandardSays(string value, string patch, string expected) => Assert.Equal(expected, Apply(value, patch).ToJsonString());

    [Theory]
    [InlineData("""[{"op":"test","path":"/baz","value":"bar"}]""", 422)]
    [InlineData("""[{"op":"test","path":"/none","value":null}]""", 422)]
    [InlineData("""[{"op":"add","path":"/none/bat","value":"qux"}]""", 422)]
    [InlineData("""[{"op":"remove","path":"/none"}]""", 422)]
    [InlineData("""[{"op":"replace","path":"/none","value":1}]""", 422)]
    [InlineData("""[{"op":"add","path":"/list/2","value":1}]""", 422)]
    [InlineData("""[{"op":"add","path":"/list/-1","value":1}]""", 422)]
    [InlineData("""[{"op":"add","path":"/list/01","value":1}]""", 422)]
    [InlineData("""[{"op":"remove","path":"/list/-"}]""", 422)]
    [InlineData("""[{"op":"remove","path":""}]""", 422)]
    [InlineData("""[{"op":"replace","path":"","value":[]}]""", 422)]
    [InlineData("""[{"op":"move","from":"/list","path":"/list/0"}]""", 422)]
    [InlineData("""[{"op":"add","path":"no-slash","value":1}]""", 422)]
    [InlineData("""[{"op":"add","path":"/a"}]""", 400)]
    [InlineData("""[{"op":"spam","path":"/a"}]""", 400)]
    [InlineData("""[{"path":"/a"}]""", 400)]
    [InlineData("""[{"op":1,"path":"/a"}]""", 400)]
    [InlineData("""[1]""", 400)]
    [InlineData("""{}""", 400)]
    [InlineData("""[""", 400)]
    public void Apply_WhatDoesNotFit_IsRefused(string patch, int code) =>
        Assert.Equal(code, Assert.Throws<ApiException>(() => Apply("""{"baz":"qux","list":[0]}""", patch)).Code);

    [Fact]
    public void Apply_CopiesOfCopies_DoNotFillTheMemory()
    {
        var twice = string.Join(',', Enumerable.Repeat("""{"op":"copy","from":"/a","path":"/a/-"}""", 5000));
        Assert.Equal(422, Assert.Throws<ApiException>(() => Apply("""{"a":[1]}""", $"[{twice}]")).Code);
        var deep = string.Join(',', Enumerable.Repeat("""{"op":"copy","from":"/a","path":"/a/b"}""", 5000));
        Assert.Equal(422, Assert.Throws<ApiException>(() => Apply("""{"a":{}}""", $"[{deep}]")).Code);
    }

    [Fact]
    public void Apply_VeryLongPatch_IsRefused()
    {
        Assert.Equal(413, Assert.Throws<ApiException>(() => Apply("{}", $"[{string.Join(',', Enumerable.Repeat("1", 10_001))}]")).Code);
        Assert.Equal(413, Assert.Throws<ApiException>(() => Apply("{}", new string(' ', 2_000_000))).Code);
    }

    private static JsonObject Apply(string value, string patch) => JsonPatch.Apply(JsonNode.Parse(value)!.AsObject(), Encoding.UTF8.GetBytes(patch));
}
