using Ringfence.Engine;
using Ringfence.Evidence.Records;
using Ringfence.Evidence.Report;
using Ringfence.Model;

namespace Ringfence.Evidence.Tests;

/// <summary>The engine's expectations against what a network does that reads the policies by itself.</summary>
public sealed class ComparisonTests
{
    [Theory]
    [InlineData("rag")]
    [InlineData("agent-sandbox")]
    [InlineData("rag-steps/05-egress-denied-dns-broken")]
    [InlineData("scenarios/06-or-empty")]
    [InlineData("hyphen-trap/two-hyphens")]
    public async Task Prove_NetworkThatDoesWhatPoliciesSay_AgreesEverywhere(string example)
    {
        var objects = SampleCluster.Example(example);

        var evidence = await SampleEvidence.ProveAsync(objects, new OracleProber(objects));

        Assert.Equal(evidence.Items.Length, evidence.Summary.Agree);
        Assert.NotEmpty(evidence.Items);
        Assert.Empty(Difference.Of(evidence));
    }

    [Fact]
    public async Task Prove_EachRuleFlipped_IsFound()
    {
        var objects = SampleCluster.Example("rag");
        foreach (var policy in objects.NetworkPolicies)
            foreach (var direction in (Direction[])[Direction.Ingress, Direction.Egress])
                for (var i = 0; i < policy.Rules(direction).Length; i++)
                {
                    var disturbed = objects with { NetworkPolicies = objects.NetworkPolicies.Replace(policy, Without(policy, direction, i)) };

                    var evidence = await SampleEvidence.ProveAsync(
                        disturbed, SampleCluster.Plan(objects).JudgedBy(SampleCluster.Compile(disturbed)), new OracleProber(objects));

                    Assert.True(evidence.Summary.Differ > 0, $"{policy.Name} without {direction}[{i}] makes no difference");
                    Assert.All(Difference.Of(evidence), difference => Assert.Equal(("denied", "answered"), (difference.Expected, difference.Observed)));
                }
    }

    [Fact]
    public async Task Prove_NothingEnforced_DiffersExactlyWhereSomethingIsDenied()
    {
        var objects = SampleCluster.Example("rag");

        var evidence = await SampleEvidence.ProveAsync(objects, new OracleProber(objects with { NetworkPolicies = [] }));

        Assert.Equal(evidence.Items.Count(probe => probe.Expected == "denied"), evidence.Summary.Differ);
        Assert.True(evidence.Summary is { Agree: > 0, Differ: > 0, NotCovered: 0 });
    }

    [Fact]
    public async Task Differences_OfOneKind_AreToldTogetherWithBothReasons()
    {
        var objects = SampleCluster.Example("rag");
        var evidence = await SampleEvidence.ProveAsync(objects, new OracleProber(objects with { NetworkPolicies = [] }));

        var difference = Difference.Of(evidence).First(item => item is { SourceWorkload: "ai-platform/chat-ui", DestinationWorkload: "ai-platform/vector-db" });

        Assert.Contains("6333, 6334", difference.Ports, StringComparison.Ordinal);
        Assert.Contains("isolated by", difference.First.Reasons[0], StringComparison.Ordinal);
        Assert.Contains("ai-platform/chat-ui-0 (10.244.1.2) to ai-platform/vector-db-0", difference.Seen, StringComparison.Ordinal);
        Assert.Equal(evidence.Summary.Differ, Difference.Of(evidence).Sum(item => item.Count));
    }

    [Fact]
    public async Task Matrix_Cells_ShowWhatWasSeenAndWhetherItAgrees()
    {
        var objects = SampleCluster.Example("rag");
        var matrix = ObservedMatrix.Of(await SampleEvidence.ProveAsync(objects, new OracleProber(objects)));

        Assert.Equal("8000", Cell(matrix, "ai-platform/chat-ui", "ai-platform/rag-api").Text);
        Assert.Equal("6333,6334", Cell(matrix, "ai-platform/rag-api", "ai-platform/vector-db").Text);
        Assert.Equal("53,53/udp", Cell(matrix, "ai-platform/rag-api", "kube-system/kube-dns").Text);
        Assert.Equal("443", Cell(matrix, "ai-platform/rag-api", "203.0.113.0/24").Text);
        Assert.Equal(ObservedKind.All, Cell(matrix, "ml-ops/model-monitor", "ai-platform/chat-ui").Kind);
        Assert.Equal(ObservedKind.None, Cell(matrix, "external", "ai-platform/chat-ui").Kind);

        var open = ObservedMatrix.Of(await SampleEvidence.ProveAsync(objects, new OracleProber(objects with { NetworkPolicies = [] })));
        Assert.True(Cell(open, "external", "ai-platform/chat-ui") is { Kind: ObservedKind.All, Differ: > 0 });
    }

    private static ObservedCell Cell(ObservedMatrix matrix, string source, string destination) =>
        matrix[matrix.Sources.Single(entry => entry.Name == source), matrix.Destinations.Single(entry => entry.Name == destination)];

    private static NetworkPolicy Without(NetworkPolicy policy, Direction direction, int rule) => direction == Direction.Ingress
        ? policy with { Ingress = policy.Ingress.RemoveAt(rule) }
        : policy with { Egress = policy.Egress.RemoveAt(rule) };
}
