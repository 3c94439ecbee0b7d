using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.CustomResources;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.Tests.ApiServer.CustomResources;

/// <summary>Definitions that are meant to break the server: each is refused, or served as any other.</summary>
public sealed class HostileDefinitionTests : IDisposable
{
    private readonly TestApi _test = new();

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(100_000)]
    public void Schema_OfAnyDepth_IsTakenOrRefused(int depth)
    {
        var json = TestDefinitions.Of("SCHEMA").ToJsonString().Replace(
            "\"SCHEMA\"",
            string.Concat(Enumerable.Repeat("""{"type":"object","properties":{"a":""", depth)) + """{"type":"string"}""" + string.Concat(Enumerable.Repeat("}}", depth)), StringComparison.Ordinal);

        if (depth > 10) Assert.Equal(400, Assert.Throws<ApiException>(() => Strictness.Check(Definition.Kind, Encoding.UTF8.GetBytes(json), out _)).Code);
        else _test.Api.Define(JsonNode.Parse(json)!.AsObject());
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|aa)*b$")]
    [InlineData("(.*)*(.*)*(.*)*x$")]
    [InlineData("^([a-z0-9]+[.-])*[a-z0-9]+@$")]
    public void Pattern_ThatBacktracksWithoutEnd_IsMatchedInTime(string pattern)
    {
        var type = TestDefinitions.TypeOf(TestDefinitions.Of($"{{type: object, properties: {{a: {{type: string, pattern: '{pattern}'}}}}}}"));

        Assert.Single(TestDefinitions.FaultsOf(type, $$"""{"a":"{{new string('a', 50_000)}}!"}"""));
    }

    [Theory]
    [InlineData("(a{1000}){1000}")]
    [InlineData("((a{100}){100}){100}")]
    [InlineData("a{2147483648}")]
    [InlineData("a{99999999999999999999}")]
    [InlineData("(a{1000}|b){2}")]
    [InlineData(@"(a)\1")]
    [InlineData("(?<=a)b")]
    public void Pattern_ThatIsTooMuch_IsRefused(string pattern)
    {
        Assert.Null(GoPattern.TryRead(pattern, out var fault));
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void Pattern_OfManyParts_IsReadOrRefused()
    {
        Assert.Null(GoPattern.TryRead(string.Concat(Enumerable.Repeat("a{1000}", 2000)), out _));
        Assert.Null(GoPattern.TryRead(new string('(', 100_000), out _));
        _ = GoPattern.TryRead(new string('(', 8_000) + "a" + new string(')', 8_000), out _);
        _ = GoPattern.TryRead(new string('[', 16_000), out _);
        _ = GoPattern.TryRead(string.Concat(Enumerable.Repeat("(a|b)*", 2_500)), out _);
    }

    [Theory]
    [InlineData(@"^\d{3}$", "123", true)]
    [InlineData(@"^\d{3}$", "１２３", false)]
    [InlineData(@"^[\w.-]+$", "a_b.c-d", true)]
    [InlineData(@"^[[:alpha:]]+$", "abc", true)]
    [InlineData(@"^[[:alpha:]]+$", "ab1", false)]
    [InlineData(@"^(?P<x>a)b{2,3}$", "abbb", true)]
    [InlineData(@"^a5{10}$", "a5555555555", true)]
    [InlineData(@"^\$\{x\}$", "${x}", true)]
    [InlineData(@"^[a[]$", "[", true)]
    [InlineData(@"^a{,2}$", "a{,2}", true)]
    [InlineData(@"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$", "a.b-c", true)]
    public void Pattern_IsReadAsGoReadsIt(string pattern, string text, bool matches) => Assert.Equal(matches, GoPattern.TryRead(pattern, out _)!.IsMatch(text));

    [Fact]
    public void Schema_OfManyChoices_JudgesLargeValuesInTime()
    {
        var choices = new JsonArray([.. Enumerable.Range(0, 2_000).Select(i => (JsonNode)new JsonObject { ["pattern"] = $"^x{i}$" })]);
        var definition = TestDefinitions.Of("{type: object, properties: {l: {type: array, items: {type: string}}}}");
        definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!["l"]!["items"]!["anyOf"] = choices;
        var type = TestDefinitions.TypeOf(definition);

        Assert.NotEmpty(TestDefinitions.FaultsOf(type, $$"""{"l":[{{string.Join(',', Enumerable.Repeat("\"x1999\"", 20_000))}}]}"""));
    }

    [Fact]
    public void Defaults_OfMany_DoNotGrowWithoutEnd()
    {
        var type = TestDefinitions.TypeOf(TestDefinitions.Of(
            $"{{type: object, properties: {{l: {{type: array, items: {{type: object, properties: {{d: {{type: array, items: {{type: integer}}, default: [{string.Join(',', Enumerable.Repeat("1", 1000))}]}}}}}}}}}}}}"));

        Assert.Equal(413, Assert.Throws<ApiException>(() => TestDefinitions.Read(type, $$"""{"l":[{{string.Join(',', Enumerable.Repeat("{}", 100_000))}}]}""")).Code);
    }

    [Fact]
    public void Schema_OfTooManyPatterns_IsRefused()
    {
        var definition = TestDefinitions.Of("{type: object}");
        definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"] =
            new JsonObject(Enumerable.Range(0, 50_000).Select(i => KeyValuePair.Create($"field{i}", (JsonNode?)new JsonObject { ["type"] = "string", ["pattern"] = $"^a{i}$" })));

        Assert.Equal(["spec.versions: Invalid value: 50000: must have at most 5000 patterns"], _test.Api.FaultsOf(definition));
    }

    [Fact]
    public void Schema_OfManyFields_IsServed()
    {
        var fields = new JsonObject(Enumerable.Range(0, 20_000).Select(i => KeyValuePair.Create($"field{i}", (JsonNode?)new JsonObject { ["type"] = "string", ["enum"] = new JsonArray($"a{i}") })));
        var definition = TestDefinitions.Of("{type: object}");
        definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"] = fields;

        var type = TestDefinitions.TypeOf(definition);

        Assert.Empty(TestDefinitions.FaultsOf(type, """{"field7":"a7"}"""));
        Assert.Single(TestDefinitions.FaultsOf(type, """{"field7":"a8"}"""));
    }
}
