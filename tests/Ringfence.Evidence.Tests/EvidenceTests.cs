using System.Collections.Immutable;
using System.Text;
using Ringfence.Evidence.Probes;
using Ringfence.Evidence.Records;
using Ringfence.Evidence.Report;
using Ringfence.Model;

namespace Ringfence.Evidence.Tests;

public sealed class EvidenceTests
{
    [Fact]
    public async Task Json_IsAsKept()
    {
        var objects = SampleCluster.Of(ProbePlanTests.Policy("ports: [{ port: 80 }]") + ProbePlanTests.Pods("a", "b"));
        var plan = SampleCluster.Plan(objects);
        plan = plan with { Probes = [.. plan.Probes.Where(item => item.Probe is { Source.Name: "default/a", Destination.Name: "default/b" })] };

        Golden.Matches("evidence.json", Text(await SampleEvidence.ProveAsync(objects, plan, new ScriptedProber((probe, _) =>
            probe.Port == 80 ? Observed.Answered : probe.Protocol == Protocol.Tcp ? Observed.Dropped : Observed.Refused))));
    }

    [Fact]
    public async Task Json_ReadAgain_IsTheSame()
    {
        var objects = SampleCluster.Example("rag");
        var text = Text(await SampleEvidence.ProveAsync(objects, new OracleProber(objects)));

        var again = EvidenceJson.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)));

        Assert.Equal(text, Text(again));
    }

    [Fact]
    public async Task Objects_WrittenAnotherWay_HaveTheSameDigest()
    {
        var one = SampleCluster.Of(ProbePlanTests.Policy("ports: [{ port: 80 }, { port: 53, protocol: UDP }], from: [{ podSelector: {} }]") + ProbePlanTests.Pods("a"));
        var other = SampleCluster.Of("# a comment\n" + ProbePlanTests.Policy("from: [{ podSelector: { matchLabels: {} } }], ports: [{ protocol: UDP, port: 53 }, { protocol: TCP, port: 80 }]") + ProbePlanTests.Pods("a"));
        var changed = SampleCluster.Of(ProbePlanTests.Policy("ports: [{ port: 81 }, { port: 53, protocol: UDP }], from: [{ podSelector: {} }]") + ProbePlanTests.Pods("a"));

        Assert.Equal(await Digests(one), await Digests(other));
        Assert.NotEqual(await Digests(one), await Digests(changed));
    }

    [Fact]
    public async Task NotCovered_ProbesThatFailed_AreToldTogetherWithTheReason()
    {
        var objects = SampleCluster.Of(ProbePlanTests.Policy("ports: [{ port: 132, protocol: SCTP }]") + ProbePlanTests.Pods("a", "b"));

        var evidence = await SampleEvidence.ProveAsync(objects, new NoSctp(new OracleProber(objects)));

        Assert.Equal(10, evidence.Summary.NotCovered);
        Assert.Contains(new GapRecord("10 probes of SCTP", "the kernel has no SCTP"), evidence.NotCovered);
    }

    [Fact]
    public async Task Page_TextOfOthers_IsNeverMarkup()
    {
        var objects = SampleCluster.Example("rag");
        var evidence = await SampleEvidence.ProveAsync(objects, new OracleProber(objects with { NetworkPolicies = [] }));
        const string Evil = "<script>alert('x')</script>\"onmouseover='\u202Eevil";
        evidence = evidence with
        {
            Name = Evil,
            Inputs = [new FileDigest(Evil, Evil)],
            Thinned = [Evil],
            NotCovered = [new GapRecord(Evil, Evil)],
            Policies = [new PolicyRecord(Evil, new PlaceRecord(Evil, 1, 1), ["ingress"], [new SelectedRecord(Evil, 2)])],
            Environment = evidence.Environment with { Machine = Evil, Kernel = Evil },
            Items = [.. evidence.Items.Select(probe => probe with
            {
                Reasons = [Evil], SourceWorkload = $"{Evil}/x", DestinationWorkload = Evil, Source = Evil, Rule = Evil, Location = new PlaceRecord(Evil, 1, 1),
                Attempts = [.. probe.Attempts.Select(attempt => attempt with { Detail = Evil })],
            })],
        };

        var page = Page(evidence);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\u202E", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\"onmouseover", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_LoadsNothing_AndSaysWhatMatters()
    {
        var objects = SampleCluster.Example("rag");
        var page = Page(await SampleEvidence.ProveAsync(objects, new OracleProber(objects with { NetworkPolicies = [] })));

        foreach (var loading in (string[])["src=", "href=", "url(", "@import", "<script", "http://", "https://"])
            Assert.DoesNotContain(loading, page, StringComparison.OrdinalIgnoreCase);
        foreach (var said in (string[])["saw something else", "What is not covered", "ICMP", "ai-platform/deny-all", "aria-label=\"agrees\"", "≠", "prefers-color-scheme: dark"])
            Assert.Contains(said, page, StringComparison.Ordinal);
    }

    private static async Task<ImmutableArray<ObjectDigest>> Digests(ClusterObjects objects) =>
        (await SampleEvidence.ProveAsync(objects, new OracleProber(objects))).Objects;

    private static string Text(EvidenceDocument evidence)
    {
        using var stream = new MemoryStream();
        EvidenceJson.Write(stream, evidence);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Page(EvidenceDocument evidence)
    {
        using var writer = new StringWriter();
        HtmlReport.Write(writer, evidence);
        return writer.ToString();
    }

    private sealed class NoSctp(IProber inner) : IProber
    {
        public Task<Attempt> TryAsync(Probe probe, TimeSpan timeout, CancellationToken cancellation) => probe.Protocol == Protocol.Sctp
            ? Task.FromResult(OracleProber.Saw(Observed.Failed, "the kernel has no SCTP"))
            : inner.TryAsync(probe, timeout, cancellation);
    }
}
