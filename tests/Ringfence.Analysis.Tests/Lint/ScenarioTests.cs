using Ringfence.Analysis.Lint;

namespace Ringfence.Analysis.Tests.Lint;

/// <summary>
/// <c>Scenarios/&lt;slug&gt;/&lt;case&gt;/</c>: manifests, and in <c>expected.txt</c> what the rule says of them. RINGFENCE_UPDATE_GOLDEN=1 writes those anew, to be
/// read line by line.
/// </summary>
public sealed class ScenarioTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var rule in Directory.GetDirectories(Folder).Order(StringComparer.Ordinal))
                foreach (var scenario in Directory.GetDirectories(rule).Order(StringComparer.Ordinal)) cases.Add(Path.GetFileName(rule), Path.GetFileName(scenario));
            return cases;
        }
    }

    public static TheoryData<string> Rules => [.. LintRules.All.Select(rule => rule.Card.Slug)];

    [Theory, MemberData(nameof(Cases))]
    public void Scenario_IsJudgedAsExpected(string slug, string scenario)
    {
        var folder = Path.Combine(Folder, slug, scenario);
        var expected = Path.Combine(folder, "expected.txt");

        var told = Linting.Show(Linting.LintFolder(slug, folder), folder);

        if (Environment.GetEnvironmentVariable("RINGFENCE_UPDATE_GOLDEN") == "1") File.WriteAllText(expected, told);
        Assert.True(File.Exists(expected), $"{expected} is missing; RINGFENCE_UPDATE_GOLDEN=1 writes it");
        Assert.Equal(File.ReadAllText(expected), told);
    }

    [Theory, MemberData(nameof(Rules))]
    public void Rule_HasScenariosThatItFindsAndThatItPasses(string slug)
    {
        var told = Directory.GetDirectories(Path.Combine(Folder, slug)).Select(scenario => File.ReadAllText(Path.Combine(scenario, "expected.txt"))).ToList();

        Assert.Contains(told, text => text.Contains(':') && !text.StartsWith("unknown", StringComparison.Ordinal));
        Assert.Contains("nothing\n", told);
    }

    private static string Folder
    {
        get
        {
            var root = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(root, "Ringfence.slnx"))) root = Path.GetDirectoryName(root.TrimEnd('/'))!;
            return Path.Combine(root, "tests", "Ringfence.Analysis.Tests", "Lint", "Scenarios");
        }
    }
}
