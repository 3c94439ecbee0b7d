using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.CustomResources;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.Tests.ApiServer.CustomResources;

public sealed class CustomResourceTests : IDisposable
{
    private readonly TestApi _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Restart_KeepsKindsAndObjects()
    {
        _test.Api.Define(TestDefinitions.Of("{type: object, properties: {a: {type: string}}}"));
        var type = _test.Api.Kinds.OfKind("example.com/v1", "Thing")!;
        var made = _test.Api.Create(type, Thing("x"));
        // Written after the objects that it defines.
        _test.Api.Update(Definition.Kind, "", "things.example.com", value =>
        {
            value["metadata"]!["labels"] = new JsonObject { ["a"] = "b" };
            return value;
        });

        _test.Restart();

        type = _test.Api.Kinds.OfKind("example.com/v1", "Thing")!;
        Assert.Equal(Encoding.UTF8.GetString(made.Json.Span), Encoding.UTF8.GetString(_test.Api.Find(type, "default", "x")!.Json.Span));
        Assert.Equal("thing", type.Singular);
    }

    [Fact]
    public void Types_KnownFromEarlier_MeanTheKindAsItIsNow()
    {
        _test.Api.Define(TestDefinitions.Of("{type: object, properties: {a: {type: string}}}"));
        var old = _test.Api.Kinds.OfKind("example.com/v1", "Thing")!;
        _test.Api.Update(Definition.Kind, "", "things.example.com", value =>
        {
            value["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["required"] = new JsonArray("a");
            return value;
        });

        Assert.Contains("spec.a: Required value", Assert.Throws<ApiException>(() => _test.Api.Create(old, Thing("x"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Versions_AreKeptInOneOfThem()
    {
        var definition = TestDefinitions.Of("{type: object, properties: {a: {type: string}}}");
        var versions = definition["spec"]!["versions"]!.AsArray();
        var other = versions[0]!.DeepClone();
        (other["name"], other["storage"]) = ("v1beta1", false);
        versions.Add(other);
        _test.Api.Define(definition);
        var old = _test.Api.Kinds.OfKind("example.com/v1beta1", "Thing")!;
        string Kept() => (string)_test.Store.State.Find(old, "default", "x")!.Parse()["apiVersion"]!;

        Assert.Equal("example.com/v1beta1", (string?)_test.Api.Create(old, Thing("x")).Parse()["apiVersion"]);
        Assert.Equal("example.com/v1", Kept());
        var version = _test.Api.State.Version;
        _test.Api.Update(old, "default", "x", value => value);
        Assert.Equal(version, _test.Api.State.Version);
        _test.Api.Update(old, "default", "x", value =>
        {
            value["spec"]!["a"] = "b";
            return value;
        });
        Assert.Equal("example.com/v1", Kept());
        Assert.Equal("b", (string?)_test.Api.Find(_test.Api.Kinds.OfKind("example.com/v1", "Thing")!, "default", "x")!.Parse()["spec"]!["a"]);
    }

    [Fact]
    public void WrongValues_ThatStandThereAlready_MayStay()
    {
        _test.Api.Define(TestDefinitions.Of("{type: object, properties: {a: {type: string}, b: {type: string}}}"));
        var type = _test.Api.Kinds.OfKind("example.com/v1", "Thing")!;
        var thing = Thing("x");
        thing["spec"]!["a"] = "loud";
        _test.Api.Create(type, thing);
        _test.Api.Update(Definition.Kind, "", "things.example.com", value =>
        {
            value["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!["a"]!["pattern"] = "^quiet$";
            return value;
        });
        void Set(string field, string text) => _test.Api.Update(type, "default", "x", value =>
        {
            value["spec"]![field] = text;
            return value;
        });

        Set("b", "new");
        Assert.Contains("should match '^quiet$'", Assert.Throws<ApiException>(() => Set("a", "louder")).Message, StringComparison.Ordinal);
        Set("a", "quiet");
        Assert.Contains("should match '^quiet$'", Assert.Throws<ApiException>(() => Set("a", "loud")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Definition_WithObjects_IsNotRemovedBeforeThem()
    {
        _test.Api.Define(TestDefinitions.Of("{type: object}"));
        var type = _test.Api.Kinds.OfKind("example.com/v1", "Thing")!;
        _test.Api.Create(type, Thing("x"));
        Assert.NotNull(_test.Api.Delete(Definition.Kind, "", "things.example.com"));
        JsonObject WithoutFinalizer(JsonObject value)
        {
            value["metadata"]!.AsObject().Remove("finalizers");
            return value;
        }

        Assert.Equal(409, Assert.Throws<ApiException>(() => _test.Api.Update(Definition.Kind, "", "things.example.com", WithoutFinalizer)).Code);
        _test.Api.Delete(type, "default", "x");
        _test.Api.Update(Definition.Kind, "", "things.example.com", WithoutFinalizer);

        Assert.Null(_test.Api.Kinds.OfKind("example.com/v1", "Thing"));
        Assert.Equal(404, Assert.Throws<ApiException>(() => _test.Api.Create(type, Thing("y"))).Code);
    }

    [Fact]
    public void Names_ThatManyAskForAtOnce_AreGivenOnce()
    {
        Parallel.For(0, 16, i =>
        {
            var definition = TestDefinitions.Of("{type: object}");
            definition["metadata"]!["name"] = $"things{i}.example.com";
            definition["spec"]!["names"]!["plural"] = $"things{i}";
            _test.Api.Define(definition);
        });

        Assert.Equal(16, _test.Api.List(Definition.Kind).Items.Length);
        Assert.Single(_test.Api.List(Definition.Kind).Items, stored => DefinitionStatus.IsTrue(stored.Parse(), "Established"));
        Assert.Single(_test.Api.Kinds.All, type => type.Kind == "Thing");
    }

    [Fact]
    public void Status_CannotBeMadeUp()
    {
        var definition = TestDefinitions.Of("{type: object}", "status: {acceptedNames: {plural: others, kind: Other}, storedVersions: [v7]}");
        _test.Api.Define(definition);

        var status = _test.Api.Find(Definition.Kind, "", "things.example.com")!.Parse()["status"]!;
        Assert.Equal("things", (string?)status["acceptedNames"]!["plural"]);
        Assert.Equal("[\"v1\"]", status["storedVersions"]!.ToJsonString());
    }

    [Theory]
    [InlineData("v2 v10 v1 v1beta2 v1beta10 v1alpha1 other", "v10 v2 v1 v1beta10 v1beta2 v1alpha1 other")]
    public void VersionOrder_IsKubernetes(string given, string expected) => Assert.Equal(expected, string.Join(' ', given.Split(' ').Order(VersionOrder.Best)));

    [Theory]
    [InlineData(".spec.a", "1")]
    [InlineData(".spec.list[1].n", "two")]
    [InlineData(".spec.list[-1].n", "two")]
    [InlineData(".spec.list[?(@.n==\"two\")].v", "8")]
    [InlineData(".spec.list[?(@.v==7)].n", "one")]
    [InlineData(".spec.list[*].n", "one")]
    [InlineData(".metadata.labels['a.b/c']", "d")]
    [InlineData(@".metadata.labels.a\.b/c", "d")]
    [InlineData(".spec.none.deeper", null)]
    [InlineData(".spec.a.b", null)]
    public void JsonPath_LeadsToTheFirstValue(string path, string? expected) => Assert.Equal(expected, SimpleJsonPath.Parse(path)!.Find(JsonNode.Parse(
        """{"metadata":{"labels":{"a.b/c":"d"}},"spec":{"a":1,"list":[{"n":"one","v":7},{"n":"two","v":8}]}}"""))?.ToString());

    [Theory]
    [InlineData("spec.a")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".a[")]
    [InlineData(".a[x]")]
    [InlineData(".a[?(@.b>1)]")]
    public void JsonPath_ThatIsNone_IsSaid(string path) => Assert.Null(SimpleJsonPath.Parse(path));

    [Fact]
    public void OwnDefinitions_AreInstalledOnceAndNotFoughtFor()
    {
        OwnDefinitions.Install(_test.Api);
        var version = _test.Api.State.Version;
        OwnDefinitions.Install(_test.Api);
        Assert.Equal(version, _test.Api.State.Version);
        void Change(Action<JsonObject> change) => _test.Api.Update(Definition.Kind, "", "expectations.ringfence.dev", value =>
        {
            change(value);
            return value;
        });
        JsonArray? ShortNames() => _test.Api.Find(Definition.Kind, "", "expectations.ringfence.dev")!.Parse()["spec"]!["names"]!["shortNames"] as JsonArray;

        Change(value => value["spec"]!["names"]!["shortNames"] = new JsonArray("mine"));
        OwnDefinitions.Install(_test.Api);
        Assert.Equal("mine", (string?)Assert.Single(ShortNames()!));

        // As an earlier server would have left it.
        Change(value => value["metadata"]!["annotations"]![OwnDefinitions.Installed] = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(value["spec"]!.ToJsonString()))));
        OwnDefinitions.Install(_test.Api);
        Assert.Equal("expect", (string?)Assert.Single(ShortNames()!));
    }

    private static JsonObject Thing(string name) => new() { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" }, ["spec"] = new JsonObject() };
}
