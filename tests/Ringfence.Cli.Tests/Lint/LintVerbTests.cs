using System.Text.Json;
using System.Xml.Linq;
using Ringfence.Analysis.Lint;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Linting;
using Ringfence.Cli.Output;
using Ringfence.Cli.Tests.Sarif;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Corpus;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Cli.Tests.Lint;

public sealed class LintVerbTests
{
    private const string Trap = "examples/hyphen-trap/two-hyphens";

    [Fact]
    public void Lint_TableOfAFinding_NamesPlaceRuleAndMend()
    {
        var run = RingfenceCommand.Run("lint", "-f", Trap, "--rule", "hyphen-trap");

        Golden.Matches("lint/hyphen-trap.txt", run.Out);
        Assert.Equal(1, run.Code);
        Assert.Equal("", run.Error);
    }

    [Theory]
    [InlineData(0, "-f", "examples/hyphen-trap/one-hyphen")]
    [InlineData(1, "-f", Trap)]
    [InlineData(0, "-f", Trap, "--fail-on", "error", "--rule", "RF001")]
    [InlineData(0, "-f", Trap, "--fail-on", "never")]
    [InlineData(1, "-f", "examples/hyphen-trap/one-hyphen", "--fail-on", "note")]
    [InlineData(0, "-f", Trap, "--skip", "rf001", "--rule", "RF001", "--rule", "ownerless")]
    [InlineData(2, "-f", Trap, "--rule", "hyphen")]
    [InlineData(2, "-f", Trap, "--rule", "RF001", "--skip", "RF001")]
    [InlineData(2, "-f", Trap, "--yes")]
    [InlineData(2, "-f", Trap, "--fix", "-o", "json")]
    [InlineData(2, "-f", "examples/broken", "-f", Trap)]
    [InlineData(2)]
    public void Lint_ExitCode_SaysWhatWasFound(int code, params string[] args) => Assert.Equal(code, RingfenceCommand.Run(["lint", .. args]).Code);

    [Fact]
    public void Lint_RuleThatIsNotThere_NamesTheNearest() =>
        Assert.Contains("Did you mean 'hyphen-trap'?", RingfenceCommand.Run("lint", "--explain", "hypen-trap").Error, StringComparison.Ordinal);

    [Fact]
    public void Lint_BrokenInputBesideGood_IsLintedAllTheSame()
    {
        var run = RingfenceCommand.Run("lint", "-f", "examples/broken", "-f", Trap, "--rule", "RF001");

        Assert.Contains("warning RF001", run.Out, StringComparison.Ordinal);
        Assert.Contains("error: examples/broken", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Lint_Json_HasTheFixedFields()
    {
        var run = RingfenceCommand.Run("lint", "-f", Trap, "--rule", "RF001", "-o", "json");
        using var json = JsonDocument.Parse(run.Out);

        Assert.Equal("LintReport", json.RootElement.GetProperty("kind").GetString());
        var finding = Assert.Single(json.RootElement.GetProperty("items").EnumerateArray());
        Assert.Equal(
            ["id", "rule", "severity", "message", "object", "field", "location", "effects", "mend", "fixable", "source", "confidence", "exemption"],
            finding.EnumerateObject().Select(property => property.Name));
        Assert.Equal("hyphen-trap", finding.GetProperty("rule").GetString());
        Assert.Equal($"{Trap}/policy.yaml", finding.GetProperty("location").GetProperty("file").GetString());
        Assert.Equal(19, finding.GetProperty("location").GetProperty("line").GetInt32());
    }

    [Fact]
    public void Lint_Exemption_NeedsAReasonAndHoldsUntilItsDay()
    {
        var policy = File.ReadAllText(RepositoryRoot.Of(Trap, "policy.yaml"));
        var cluster = File.ReadAllText(RepositoryRoot.Of(Trap, "cluster.yaml"));

        Assert.Equal((0, true), Lint("either is enough, until 2999-12-31"));
        Assert.Equal((1, false), Lint("either is enough, until 2001-12-31"));
        Assert.Equal((1, false), Lint(""));

        (int Code, bool IsExempted) Lint(string reason)
        {
            var text = policy.Replace("metadata:\n", $"metadata:\n  annotations: {{ringfence.dev/ignore-RF001: \"{reason}\"}}\n", StringComparison.Ordinal);
            Assert.NotEqual(policy, text);
            var run = RingfenceCommand.RunWith($"{cluster}\n---\n{text}", null, "lint", "-f", "-", "--rule", "RF001");
            var shown = RingfenceCommand.RunWith($"{cluster}\n---\n{text}", null, "lint", "-f", "-", "--rule", "RF001", "--show-exempted");
            var sarif = RingfenceCommand.RunWith($"{cluster}\n---\n{text}", null, "lint", "-f", "-", "--rule", "RF001", "--show-exempted", "-o", "sarif");
            var isExempted = run.Out.Contains("nothing found in 1 policy and 6 workloads; 1 exempted", StringComparison.Ordinal);
            Assert.Equal(isExempted, shown.Out.Contains("exempted by ringfence.dev/ignore-RF001", StringComparison.Ordinal));
            Assert.Equal(isExempted, sarif.Out.Contains("\"suppressions\"", StringComparison.Ordinal));
            return (run.Code, isExempted);
        }
    }

    [Fact]
    public void Lint_JUnit_FailsWhatTheExitCodeCounts()
    {
        var strict = XDocument.Parse(RingfenceCommand.Run("lint", "-f", Trap, "-o", "junit").Out).Root!;
        var mild = XDocument.Parse(RingfenceCommand.Run("lint", "-f", Trap, "-o", "junit", "--fail-on", "never").Out).Root!;

        Assert.Equal(LintRules.All.Length, strict.Elements("testsuite").Count());
        var failure = strict.Descendants("failure").First();
        Assert.Equal($"{Trap}/policy.yaml", (string?)failure.Parent!.Attribute("file"));
        Assert.Contains("mend:", failure.Value, StringComparison.Ordinal);
        Assert.Equal(strict.Descendants("failure").Count(), (int)strict.Attribute("failures")!);
        Assert.Empty(mild.Descendants("failure"));
        Assert.NotEmpty(mild.Descendants("system-out"));
    }

    [Fact]
    public void Lint_Markdown_IsEscapedAndShort()
    {
        var run = RingfenceCommand.Run("lint", "-f", Trap, "--rule", "RF001", "-o", "markdown");

        Golden.Matches("lint/hyphen-trap.md", run.Out);
        Assert.Equal(run.Out, RingfenceCommand.Run("lint", "-f", Trap, "--rule", "RF001", "-o", "md").Out);
    }

    [Fact]
    public void Lint_Help_EndsWithExamples() => Assert.Contains("ringfence lint --explain hyphen-trap", RingfenceCommand.Run("lint", "--help").Out, StringComparison.Ordinal);

    public static TheoryData<string> Folders =>
        CorpusFolder.Find("np-guard/tests") is { } tests && Directory.Exists(tests)
            ? [.. Directory.GetDirectories(tests).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)]
            : [CorpusFolder.Missing];

    /// <summary>Manifests of others are linted without a stumble, twice the same, in a form that code scanning takes.</summary>
    [Theory, MemberData(nameof(Folders))]
    public void Lint_FolderOfOthers_IsStableAndValidSarif(string name)
    {
        var folder = Path.Combine(CorpusFolder.Need("np-guard/tests"), name);

        var first = LintAsSarif(folder);

        Assert.Empty(JsonSchema.Sarif.Check(JsonDocument.Parse(first).RootElement));
        Assert.Equal(first, LintAsSarif(folder));
    }

    private static string LintAsSarif(string folder)
    {
        using var text = new StringWriter();
        var choices = new Choices { Files = [folder], Terminal = new Terminal(text, TextWriter.Null, width: null) };
        var lint = new LintChoices(choices, LintRules.All, Severity.Warning, ShowExempted: true, new DateOnly(2026, 1, 31));
        var manifests = ManifestReader.Read([folder], new ManifestOptions());
        var report = lint.Lint(Reachability.Compile(Snapshot.Create(manifests.Objects)));
        SarifLimits.Write(LintSarif.Of(lint, report, isComplete: !manifests.HasErrors), text, _ => { });
        return text.ToString();
    }
}
