using System.Text.Json.Nodes;
using Ringfence.Lab.Seeding;
using Xunit;

namespace Ringfence.Lab.Tests.Seeding;

public sealed class ThreeWayMergeTests
{
    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{"a":1}""", """{"a":3}""", """{"b":2,"a":3}""")] // what others wrote stays
    [InlineData("""{"a":1,"b":2}""", """{"a":1,"b":2}""", """{"a":1}""", """{"a":1}""")] // what was said and is said no more goes
    [InlineData("""{"a":1,"b":2}""", null, """{"a":1}""", """{"b":2,"a":1}""")] // what was never said stays
    [InlineData("""{"a":{"x":1,"y":2}}""", """{"a":{"x":1}}""", """{"a":{"z":3}}""", """{"a":{"y":2,"z":3}}""")]
    [InlineData("""{"a":1}""", null, """{"a":null}""", """{}""")]
    [InlineData("""{"l":[1,2]}""", """{"l":[1,2]}""", """{"l":[2]}""", """{"l":[2]}""")] // a list is as it is said
    [InlineData("""{"l":[{"name":"web","port":80,"nodePort":30000}]}""", """{"l":[{"name":"web","port":80}]}""", """{"l":[{"name":"web","port":81}]}""", """{"l":[{"name":"web","nodePort":30000,"port":81}]}""")]
    [InlineData("""{"l":[{"port":80,"nodePort":30000}]}""", null, """{"l":[{"port":80}]}""", """{"l":[{"nodePort":30000,"port":80}]}""")] // by place, where there are no names
    [InlineData("""{"l":[{"name":"a","x":1},{"name":"b","x":2}]}""", null, """{"l":[{"name":"b"}]}""", """{"l":[{"x":2,"name":"b"}]}""")]
    public void Merge_IsWhatTheManifestSays_AndKeepsWhatOthersWrote(string current, string? last, string wanted, string expected)
    {
        var merged = ThreeWayMerge.Merge(Parse(current), last is null ? null : Parse(last), Parse(wanted));

        Assert.True(JsonNode.DeepEquals(Parse(expected), merged), merged.ToJsonString());
    }

    private static JsonObject Parse(string text) => (JsonObject)JsonNode.Parse(text)!;
}
