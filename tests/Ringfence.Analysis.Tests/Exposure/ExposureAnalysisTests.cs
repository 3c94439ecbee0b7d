using System.Text;
using Ringfence.Analysis.Exposure;
using Ringfence.Engine;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Analysis.Tests.Exposure;

public sealed class ExposureAnalysisTests
{
    private const string Web =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}]}]}
        """;

    private const string Declared =
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {team: shop}}
        """;

    [Fact]
    public void Lines_NoPolicy_EverythingIsOpenToTheEntireClusterAndNotProtected()
    {
        var line = Assert.Single(Lines(Direction.Ingress, Web));
        Assert.Equal(("[entire cluster]", "shop/web", "All", false), (line.Source, line.Destination, line.Ports.ToString(), line.IsProtected));
    }

    [Fact]
    public void Lines_PolicyWithoutRules_None() => Assert.Empty(Lines(Direction.Ingress, Web, Policy("[]")));

    [Fact]
    public void Lines_OtherDirectionIsIsolated_ThisOneIsNotProtected() =>
        Assert.False(Assert.Single(Lines(Direction.Egress, Web, Policy("[]"))).IsProtected);

    [Theory]
    [InlineData("[{}]", "[entire cluster]: All")]
    [InlineData("[{from: [{namespaceSelector: {}}]}]", "[entire cluster]: All")]
    [InlineData("[{from: [{namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: Exists}]}}]}]", "[entire cluster]: All")]
    [InlineData("[{from: [{podSelector: {}}], ports: [{port: 80}]}]", "[all pods of namespace shop]: TCP 80")]
    [InlineData("[{from: [{podSelector: {matchLabels: {a: b}}}]}]", "[pods a=b of namespace shop]: All")]
    [InlineData("[{from: [{namespaceSelector: {}, podSelector: {matchLabels: {a: b}}}]}]", "[pods a=b of all namespaces]: All")]
    [InlineData("[{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: b}}}]}]", "[all pods of namespace b]: All")]
    [InlineData("[{from: [{namespaceSelector: {matchLabels: {t: x}}, podSelector: {matchExpressions: [{key: a, operator: NotIn, values: [b, c]}]}}]}]",
        "[pods a notin (b,c) of namespaces t=x]: All")]
    [InlineData("[{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]", "")]
    public void Lines_OnePeer_AreWhoItAsksFor(string rules, string expected) => Assert.Equal(expected, Text(Lines(Direction.Ingress, Web, Policy(rules))));

    [Fact]
    public void Lines_NamedPort_IsTheWorkloadsOwnForIngressAndANameForEgress()
    {
        Assert.Equal("[entire cluster]: TCP 8080", Text(Lines(Direction.Ingress, Web, Policy("[{ports: [{port: http}]}]"))));
        Assert.Equal("", Text(Lines(Direction.Ingress, Web, Policy("[{ports: [{port: unheard-of}]}]"))));
        Assert.Equal("[entire cluster]: TCP 9000,http", Text(Lines(Direction.Egress, Web, Policy("[{ports: [{port: http}, {port: 9000}]}]", "Egress"))));
    }

    [Fact]
    public void Lines_WiderOneGivesAsMuch_NarrowOneIsLeftOut() => Assert.Equal("[pods a of namespace shop]: TCP 80", Text(Lines(Direction.Ingress, Web, Policy(
        """
        [{from: [{podSelector: {matchExpressions: [{key: a, operator: Exists}]}}, {podSelector: {matchLabels: {a: b}}}], ports: [{port: 80}]}]
        """))));

    [Fact]
    public void Lines_NarrowOneGivesMore_HasWhatWiderOnesGiveToo() => Assert.Equal(
        "[entire cluster]: TCP 1\n[pods a of namespace shop]: TCP 1-2\n[pods a=b of namespace shop]: TCP 1-3",
        Text(Lines(Direction.Ingress, Web, Policy(
            """
            [{ports: [{port: 1}]},
             {from: [{podSelector: {matchExpressions: [{key: a, operator: Exists}]}}], ports: [{port: 2}]},
             {from: [{podSelector: {matchLabels: {a: b}}}], ports: [{port: 3}]}]
            """))));

    [Fact]
    public void Lines_SameMeaningInOtherWords_AreOne() => Assert.Equal("[pods a=b of namespace shop]: TCP 80,90", Text(Lines(Direction.Ingress, Web, Policy(
        """
        [{from: [{podSelector: {matchExpressions: [{key: a, operator: In, values: [b, c]}, {key: a, operator: NotIn, values: [c]}]}}], ports: [{port: 80}]},
         {from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}, podSelector: {matchLabels: {a: b}}}], ports: [{port: 90}]}]
        """))));

    [Fact]
    public void Lines_SelectorThatNothingCanSatisfy_IsLeftOut() => Assert.Equal("", Text(Lines(Direction.Ingress, Web, Policy(
        "[{from: [{podSelector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: DoesNotExist}]}}]}]"))));

    // Of a declared namespace all labels are known, those that it does not have included.
    [Fact]
    public void Lines_DeclaredNamespaceHasTheLabels_ItsPodsGetWhatThoseNamespacesGet()
    {
        var policy = Policy(
            """
            [{from: [{podSelector: {matchLabels: {a: b}}}], ports: [{port: 80}]},
             {from: [{namespaceSelector: {matchLabels: {team: shop}, matchExpressions: [{key: old, operator: DoesNotExist}]}}], ports: [{port: 90}]}]
            """);
        Assert.Equal(
            "[all pods of namespaces !old,team=shop]: TCP 90\n[pods a=b of namespace shop]: TCP 80,90", Text(Lines(Direction.Ingress, Declared, Web, policy)));
        Assert.Equal(
            "[all pods of namespaces !old,team=shop]: TCP 90\n[pods a=b of namespace shop]: TCP 80", Text(Lines(Direction.Ingress, Web, policy)));
    }

    [Theory]
    [InlineData("podSelector: {matchLabels: {app: web}}", 1)]
    [InlineData("podSelector: {matchLabels: {app: shop}}", 0)]
    [InlineData("namespaceSelector: {matchLabels: {team: shop}}", 1)]
    [InlineData("namespaceSelector: {matchLabels: {team: other}}", 0)]
    [InlineData("namespaceSelector: {}", 1)]
    public void PodsNow_NamespaceIsDeclared_IsHowManyPodsMatch(string peer, int expected) =>
        Assert.Equal(expected, Assert.Single(Lines(Direction.Ingress, Declared, Web, Policy($"[{{from: [{{{peer}}}]}}]"))).PodsNow);

    [Fact]
    public void PodsNow_LabelsOfTheNamespaceAreNotKnown_IsNotKnown() =>
        Assert.Null(Assert.Single(Lines(Direction.Ingress, Web, Policy("[{from: [{namespaceSelector: {matchLabels: {team: shop}}}]}]"))).PodsNow);

    private static string Policy(string rules, string direction = "Ingress") =>
        $$"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: p, namespace: shop}
        spec:
          podSelector: {}
          policyTypes: [{{direction}}]
          {{direction.ToLowerInvariant()}}:
        {{string.Join('\n', rules.Split('\n').Select(line => "    " + line))}}
        """;

    private static List<ExposureLine> Lines(Direction direction, params string[] documents)
    {
        var read = ManifestReader.Read([new ManifestText("test.yaml", IsExplicit: true, Encoding.UTF8.GetBytes(string.Join("\n---\n", documents)))], new ManifestOptions());
        Assert.Empty(read.Diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error));
        return [.. new ExposureAnalysis(ClusterView.Create(Reachability.Compile(Snapshot.Create(read.Objects)))).Lines(direction)];
    }

    private static string Text(IEnumerable<ExposureLine> lines) => string.Join('\n', lines.Select(line => $"{line.Peer}: {line.Ports}"));
}
