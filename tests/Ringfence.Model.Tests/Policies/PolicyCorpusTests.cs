using System.Text.Json;
using Ringfence.Model.Policies;

namespace Ringfence.Model.Tests.Policies;

public class PolicyCorpusTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => Corpus.Names("cases");

    public static IEnumerable<TheoryDataRow<string>> ValidCases => Corpus.Names("cases", row => row.GetProperty("valid").GetBoolean());

    public static IEnumerable<TheoryDataRow<string>> Defaulting => Corpus.Names("defaulting");

    [Theory, MemberData(nameof(Cases))]
    public void Validate_CorpusCase_GivesTheErrorsOfTheApiServer(string name)
    {
        var row = Corpus.Case("cases", name);
        Assert.Equal(Expected(row), Validate(row, strict: true));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Validate_CorpusCaseWithoutStrictCidrs_GivesTheErrorsOfTheApiServer(string name)
    {
        var row = Corpus.Case("cases", name);
        Assert.Equal(Expected(row.TryGetProperty("withoutStrictIPCIDRValidation", out var lenient) ? lenient : row), Validate(row, strict: false));
    }

    [Theory, MemberData(nameof(ValidCases))]
    public void Build_ValidCorpusCase_KeepsNameAndRules(string name)
    {
        var manifest = ManifestJson.Policy(Corpus.Case("cases", name).GetProperty("policy"));

        var policy = PolicyBuilder.Build(manifest);

        Assert.Equal($"{manifest.Namespace}/{manifest.Name}", policy.QualifiedName);
        Assert.Equal(manifest.Ingress?.Count ?? 0, policy.Ingress.Length);
        Assert.Equal(manifest.Egress?.Count ?? 0, policy.Egress.Length);
    }

    [Theory, MemberData(nameof(Defaulting))]
    public void Apply_CorpusCase_GivesTheDefaultsOfTheApiServer(string name)
    {
        var row = Corpus.Case("defaulting", name);
        var defaulted = PolicyDefaults.Apply(ManifestJson.Spec(row.GetProperty("input")));
        Assert.Equivalent(ManifestJson.Spec(row.GetProperty("expected")), defaulted with { PolicyTypesDefaulted = false }, strict: true);
    }

    private static IEnumerable<(string Type, string Field, string Text)> Validate(JsonElement row, bool strict)
    {
        var options = new PolicyValidationOptions
        {
            StrictCidr = strict,
            AllowInvalidLabelValueInSelector = row.TryGetProperty("options", out var given)
                && given.ValueKind == JsonValueKind.Object
                && given.GetProperty("allowInvalidLabelValueInSelector").GetBoolean(),
        };
        var old = row.TryGetProperty("old", out var before) ? ManifestJson.Policy(before) : null;
        return PolicyValidation.Validate(ManifestJson.Policy(row.GetProperty("policy")), old, options)
            .Select(error => (error.Type.ToString(), error.Field, error.ToString()));
    }

    private static IEnumerable<(string Type, string Field, string Text)> Expected(JsonElement result) =>
        result.GetProperty("expected").EnumerateArray().Zip(
            result.GetProperty("errors").EnumerateArray(),
            (error, text) => (error.GetProperty("type").GetString()!, error.GetProperty("field").GetString()!, text.GetString()!));
}
