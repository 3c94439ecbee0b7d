using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.Tests.ApiServer.Schemas;

/// <summary>The API server's own cases of NetworkPolicies, read, defaulted and validated as the server does.</summary>
public class PolicyCorpusTests
{
    private const string Path = "validation/networkpolicy-cases.json";
    private static readonly ResourceType s_type = ResourceCatalog.OfKind("networking.k8s.io/v1", "NetworkPolicy")!;
    private static readonly JsonObject? s_corpus = SharedCorpus.Find(Path) is { } file ? JsonNode.Parse(File.ReadAllBytes(file))!.AsObject() : null;

    // Upstream's table is run with a liberty that the server does not take when a policy is created.
    private const string Liberty = "expression value bad but option allows it";

    public static IEnumerable<TheoryDataRow<string>> Cases => Names("cases").Where(row => row.Data != Liberty);

    public static IEnumerable<TheoryDataRow<string>> Defaulting => Names("defaulting");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Check_CorpusCase_GivesTheErrorsOfTheApiServer(string name)
    {
        var row = Case("cases", name);
        var old = row["old"] is JsonObject before ? Read(before) : null;
        var errors = Validation.Check(s_type, Read(row["policy"]!.AsObject()), old).Select(error => error.ToString());
        Assert.Equal(row["errors"]!.AsArray().Select(error => (string)error!), errors);
    }

    [Theory]
    [MemberData(nameof(Defaulting))]
    public void Apply_CorpusCase_GivesTheDefaultsOfTheApiServer(string name)
    {
        var row = Case("defaulting", name);
        var policy = Read(new JsonObject { ["spec"] = row["input"]!.DeepClone() });
        Defaults.Apply(s_type, policy);
        Assert.True(JsonNode.DeepEquals(Read(new JsonObject { ["spec"] = row["expected"]!.DeepClone() })["spec"], policy["spec"]), policy["spec"]!.ToJsonString());
    }

    private static JsonObject Read(JsonObject policy)
    {
        var faults = Strictness.Check(s_type, Encoding.UTF8.GetBytes(policy.ToJsonString()), out var value);
        Assert.Empty(faults);
        return value;
    }

    private static IEnumerable<TheoryDataRow<string>> Names(string list) =>
        s_corpus is null ? [new TheoryDataRow<string>("")] : s_corpus[list]!.AsArray().Select(row => new TheoryDataRow<string>((string)row!["name"]!));

    private static JsonObject Case(string list, string name)
    {
        SharedCorpus.At(Path);
        return s_corpus![list]!.AsArray().Single(row => (string)row!["name"]! == name)!.AsObject();
    }
}
