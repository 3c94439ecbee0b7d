using System.Text;
using System.Text.Json;

namespace Ringfence.Cli.Tests.Diff;

/// <summary><c>diff</c> between folders: its formats, exit codes and words.</summary>
public sealed class DiffTests
{
    private const string Closed = "examples/rag-steps/02-deny-all";
    private const string Doors = "examples/rag-steps/03-two-doors";

    [Theory]
    [InlineData(Closed, Doors, "any", 1)]
    [InlineData(Closed, Doors, "none", 0)]
    [InlineData(Closed, Doors, "appear", 1)]
    [InlineData(Closed, Doors, "vanish", 0)]
    [InlineData(Closed, Doors, "vanish,narrow", 0)]
    [InlineData(Closed, Doors, "vanish, appear", 1)]
    [InlineData(Closed, Doors, "unknown", 0)]
    [InlineData(Doors, Closed, "appear", 0)]
    [InlineData(Doors, Closed, "vanish", 1)]
    [InlineData(Doors, Doors, "any", 0)]
    public void FailOn_ExitCode_IsOneWhereSuchAChangeIs(string old, string @new, string failOn, int code) =>
        Assert.Equal(code, RingfenceCommand.Run("diff", old, @new, "--fail-on", failOn).Code);

    [Fact]
    public void FailOn_OtherWord_IsWrongUsage()
    {
        var run = RingfenceCommand.Run("diff", Closed, Doors, "--fail-on", "apear");
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains("no 'apear'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Kubeconfig_IsNoState()
    {
        var config = Path.GetTempFileName();
        try
        {
            File.WriteAllText(config, "apiVersion: v1\nkind: Config\nclusters: []\n");
            var run = RingfenceCommand.Run("diff", Closed, config);
            Assert.Equal((2, ""), (run.Code, run.Out));
            Assert.Contains($"{config}:1:1: this is a kubeconfig, which has no objects: read its cluster with '--kubeconfig {config}', in 'diff' with 'cluster: --kubeconfig {config}'\n", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(config);
        }
    }

    [Theory]
    [InlineData("diff.txt")]
    [InlineData("diff.json")]
    [InlineData("diff.yaml")]
    [InlineData("diff.csv")]
    [InlineData("diff.md")]
    [InlineData("diff.dot")]
    [InlineData("diff.html")]
    public void Output_IsAsKept(string golden)
    {
        var format = golden[(golden.IndexOf('.', StringComparison.Ordinal) + 1)..];
        var run = RingfenceCommand.Run("diff", "examples/rag-steps/03-two-doors", "examples/rag-steps/05-egress-denied-dns-broken", "-o", format == "txt" ? "table" : format);
        Assert.Equal((1, ""), (run.Code, run.Error));
        Golden.Matches($"rag/{golden}", run.Out);
    }

    [Fact]
    public void Sarif_PlacesResultsAtTheCause()
    {
        using var log = JsonDocument.Parse(RingfenceCommand.Run("diff", Closed, Doors, "-o", "sarif").Out);
        var results = log.RootElement.GetProperty("runs")[0].GetProperty("results");
        Assert.Equal(2, results.GetArrayLength());
        var location = results[0].GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("examples/rag-steps/03-two-doors/policy-rag-api-from-chat-ui.yaml", location.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal("RD001", results[0].GetProperty("ruleId").GetString());
    }

    [Fact]
    public void Markdown_ManyConnections_FitsIntoAComment()
    {
        var pods = new StringBuilder("apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n");
        for (var i = 0; i < 60; i++) pods.Append($"---\napiVersion: v1\nkind: Pod\nmetadata: {{ name: a-pod-with-a-long-name-{i}, namespace: a }}\n");
        var old = Path.GetTempFileName();
        File.WriteAllText(old, pods + "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: deny, namespace: a }\nspec: { podSelector: {} }\n");

        var run = RingfenceCommand.RunWith(pods.ToString(), null, "diff", old, "-", "-o", "md");

        File.Delete(old);
        Assert.Equal(1, run.Code);
        Assert.InRange(Encoding.UTF8.GetByteCount(run.Out), 50_000, 65_000);
        Assert.Contains("3600 appear", run.Out, StringComparison.Ordinal);
        Assert.Contains("more connections not shown", run.Out, StringComparison.Ordinal);
        Assert.EndsWith("shows them all.\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void CommonManifests_StandOnBothSides()
    {
        var policies = "tests/Ringfence.Cli.Tests/Manifests/shop";
        var run = RingfenceCommand.Run("diff", "/dev/null", "/dev/null", "-f", policies, "-o", "json");
        Assert.Equal(0, run.Code);
        using var difference = JsonDocument.Parse(run.Out);
        Assert.Empty(difference.RootElement.GetProperty("onlyInNew").EnumerateArray());
    }

    [Fact]
    public void NoWorkloads_IsToldLoudly()
    {
        var policy = $"{Doors}/policy-deny-all.yaml";
        var run = RingfenceCommand.Run("diff", "/dev/null", policy);
        Assert.Equal(0, run.Code);
        Assert.Contains("neither state has workloads", run.Error, StringComparison.Ordinal);
        Assert.Contains("policies: 1 added", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", Doors)]
    [InlineData("-", "-")]
    [InlineData(Doors, "git:")]
    [InlineData(Doors, "git:--output=x")]
    public void UnusableSource_ExitsWithTwo(string old, string @new)
    {
        var run = RingfenceCommand.Run("diff", old, @new);
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.NotEmpty(run.Error);
    }
}
