using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;

namespace Ringfence.Cli.Tests;

/// <summary><c>test</c> as users run it.</summary>
public sealed class TestVerbTests : IDisposable
{
    private const string Rag = "examples/rag";
    private const string DeniedStep = "examples/rag-steps/02-deny-all";
    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-test-").FullName;

    public static TheoryData<string, int, string[]> Cases => new()
    {
        { "rag/test.txt", 0, [Rag] },
        { "rag/test-coverage.txt", 0, [Rag, "--coverage"] },
        { "rag/test-failed.txt", 1, [Rag, "-f", DeniedStep] },
        { "rag/test-failed.json", 1, [Rag, "-f", DeniedStep, "-o", "json"] },
        { "rag/test-failed.junit.xml", 1, [Rag, "-f", DeniedStep, "-o", "junit"] },
        { "rag/test-failed.tap", 1, [Rag, "-f", DeniedStep, "-o", "tap"] },
        { "rag/test-failed.md", 1, [Rag, "-f", DeniedStep, "-o", "md"] },
        { "rag/test-write.yaml", 0, ["-f", Rag, "--write"] },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Test_Rag_IsAsKept(string golden, int code, string[] args)
    {
        var run = RingfenceCommand.Run(["test", .. args]);

        Assert.Equal(code, run.Code);
        Golden.Matches(golden, run.Out);
    }

    [Fact]
    public void Test_WithoutFile_FindsThoseInTheFoldersOfManifests()
    {
        Assert.Contains("5 passed", RingfenceCommand.Run("test", "-f", Rag).Out, StringComparison.Ordinal);
        var nothing = RingfenceCommand.Run("test", "-f", DeniedStep);
        Assert.Equal(2, nothing.Code);
        Assert.Contains("no expectations", nothing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Manifests_WithExpectationsAmongThem_AreReadWithoutAWord()
    {
        var run = RingfenceCommand.Run("matrix", "-f", Rag);

        Assert.Equal((0, ""), (run.Code, run.Error));
    }

    [Fact]
    public void Test_DeniedBesideARule_TapNamesTheNearestRule()
    {
        var run = RingfenceCommand.Run("test", Write("cases: [{name: x, allow: [{from: ai-platform/chat-ui, to: ai-platform/rag-api, ports: [8001]}]}]"), "-f", Rag, "-o", "tap");

        Assert.Equal(1, run.Code);
        Assert.Contains("(nearest rule: ai-platform/chat-ui-to-rag-api egress[0] ", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Test_NobodyThere_SaysWhereAndWhoIsNear()
    {
        var run = RingfenceCommand.Run("test", Write("cases: [{name: x, deny: [{from: ai-platform/rag-apj, to: ai-platform/vector-db}]}]"), "-f", Rag);

        Assert.Equal(2, run.Code);
        Assert.Contains("ERROR  x", run.Out, StringComparison.Ordinal);
        Assert.Contains("expectations.yaml:3:26: there is no workload or pod 'ai-platform/rag-apj' in the input. Did you mean ai-platform/rag-api?", string.Join(' ', run.Out.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("casess: []", "expectations.yaml:3:1: ", "did you mean \"cases\"?")]
    [InlineData("cases: [", "expectations.yaml:", "not valid YAML")]
    public void Test_Unreadable_SaysWhere(string text, string place, string message)
    {
        var run = RingfenceCommand.Run("test", Write(text), "-f", Rag);

        Assert.Equal(2, run.Code);
        Assert.Contains(place, run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Test_InputLacksWhatDecides_IsUnknownAndNoPass()
    {
        Write("cases: [{name: x, deny: [{from: other/a, to: default/b}]}]");
        File.WriteAllText(Path.Combine(_folder, "cluster.yaml"), """
            {kind: Namespace, apiVersion: v1, metadata: {name: default}}
            ---
            {kind: Pod, apiVersion: v1, metadata: {name: a, namespace: other}, spec: {containers: [{name: c}]}}
            ---
            {kind: Pod, apiVersion: v1, metadata: {name: b, namespace: default}, spec: {containers: [{name: c}]}}
            ---
            {kind: NetworkPolicy, apiVersion: networking.k8s.io/v1, metadata: {name: p, namespace: default}, spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}}]}]}}
            """);

        var run = RingfenceCommand.Run("test", _folder);

        Assert.Equal(2, run.Code);
        Assert.Contains("the input lacks: the labels of namespace other", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("examples/rag")]
    [InlineData("examples/agent-sandbox")]
    [InlineData("examples/scenarios/06-or-empty")]
    [InlineData("tests/Ringfence.Cli.Tests/Manifests/shop")]
    public void Write_ThenTest_Passes(string manifests)
    {
        var file = Path.Combine(_folder, "expectations.yaml");

        var written = RingfenceCommand.Run("test", "-f", manifests, "--write", file);
        var tested = RingfenceCommand.Run("test", file);

        Assert.Equal(0, written.Code);
        Assert.True(tested.Code == 0, tested.Out + tested.Error);
        Assert.Equal(2, RingfenceCommand.Run("test", "-f", manifests, "--write", file).Code);
    }

    [Fact]
    public void Test_JUnit_CountsWhatItHolds()
    {
        var suites = XDocument.Parse(RingfenceCommand.Run("test", Rag, "-f", DeniedStep, "-o", "junit").Out).Root!;

        foreach (var suite in suites.Elements("testsuite").Prepend(suites))
        {
            Assert.Equal((string?)suite.Attribute("tests"), $"{suite.Descendants("testcase").Count()}");
            Assert.Equal((string?)suite.Attribute("failures"), $"{suite.Descendants("failure").Count()}");
            Assert.Equal((string?)suite.Attribute("errors"), $"{suite.Descendants("error").Count()}");
        }
    }

    [Fact]
    public void Test_NamesThatFormatsWouldMisread_AreEscaped()
    {
        var file = Write("cases: [{name: \"a # b \\\\ <c> | \\u001b[31m\", deny: [{from: ai-platform/rag-api, to: ai-platform/chat-ui}]}]");

        Assert.Contains("- a \\# b \\\\ <c> | \uFFFD[31m\n", RingfenceCommand.Run("test", file, "-f", Rag, "-o", "tap").Out, StringComparison.Ordinal);
        Assert.Equal("a # b \\ <c> | \uFFFD[31m", (string?)XDocument.Parse(RingfenceCommand.Run("test", file, "-f", Rag, "-o", "junit").Out).Descendants("testcase").Single().Attribute("name"));
        Assert.DoesNotContain('\u001b', RingfenceCommand.Run("test", file, "-f", Rag).Out);
    }

    [Fact]
    public void Schema_IsThePublishedOne() =>
        Assert.Equal(File.ReadAllText(RepositoryRoot.Of("schemas", "expectations.v1alpha1.schema.json")), RingfenceCommand.Run("test", "--schema").Out);

    [Fact]
    public async Task Watch_FileChanges_TestsAgainAndEndsWithTheLastCode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are those of Unix");
        var file = Write("cases: [{name: first, deny: [{from: ai-platform/rag-api, to: ai-platform/chat-ui}]}]");
        using var process = Process.Start(new ProcessStartInfo(RingfenceCommand.Executable, ["test", file, "-f", Rag, "--watch"])
        {
            WorkingDirectory = RepositoryRoot.Path, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        await Until(process.StandardOutput, "PASS   first");
        await Until(process.StandardError, "waiting for a change");

        Write("cases: [{name: second, allow: [{from: ai-platform/rag-api, to: ai-platform/chat-ui}]}]");
        await Until(process.StandardOutput, "FAIL   second");
        await Until(process.StandardError, "waiting for a change");
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, process.ExitCode);

        static async Task Until(StreamReader output, string text)
        {
            while (await output.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
                if (line.Contains(text, StringComparison.Ordinal)) return;
            Assert.Fail($"the output ended without '{text}'");
        }
    }

    [Fact]
    public void Prove_Expectations_ArePlannedForAndShownByPackets()
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess, "needs root");
        var evidence = Path.Combine(_folder, "evidence.json");
        var file = Write("""
            cases:
            - name: the API alone
              allow: [{from: ai-platform/rag-api, to: ai-platform/vector-db, ports: [6333]}]
              deny: [{from: ai-platform/chat-ui, to: ai-platform/vector-db, ports: [7777]}]
            - name: a wrong one
              deny: [{from: ai-platform/chat-ui, to: ai-platform/rag-api, ports: [8000]}]
            """);

        var run = RingfenceCommand.Run("prove", "-f", Rag, "--expect", file, "--evidence", evidence, "--report", Path.Combine(_folder, "report.html"));

        Assert.True(run.Code == 1, run.Out + run.Error);
        Assert.Contains(" 0 differ", run.Out, StringComparison.Ordinal);
        Assert.Contains("PASS  the API alone", run.Out, StringComparison.Ordinal);
        Assert.Contains("FAIL  a wrong one", run.Out, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(File.ReadAllText(evidence));
        var items = document.RootElement.GetProperty("expectations").EnumerateArray().ToList();
        Assert.Equal(["held", "held", "broken"], items.Select(item => item.GetProperty("result").GetString()));
        Assert.All(items, item => Assert.True(item.GetProperty("probes").GetInt32() > 0));
        Assert.Contains(document.RootElement.GetProperty("items").EnumerateArray(), probe => probe.GetProperty("port").GetInt32() == 7777);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string text)
    {
        var file = Path.Combine(_folder, "expectations.yaml");
        File.WriteAllText(file, $"apiVersion: ringfence.dev/v1alpha1\nkind: Expectations\n{text}\n");
        return file;
    }
}
