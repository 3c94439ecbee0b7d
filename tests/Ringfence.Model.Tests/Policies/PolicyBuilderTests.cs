using Ringfence.Model.Policies;

namespace Ringfence.Model.Tests.Policies;

public class PolicyBuilderTests
{
    [Fact]
    public void Build_Everything_KeepsMeaningAndPlaces()
    {
        var policy = PolicyBuilder.Build(
            ManifestJson.Policy("""
                {
                  "metadata": {
                    "name": "p", "namespace": "ns", "labels": {"l": "1"},
                    "annotations": {"ringfence.dev/owner": "team", "other.dev/x": "y", "ringfence.develop": "z"}
                  },
                  "spec": {
                    "podSelector": {"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "k", "operator": "NotIn", "values": ["y", "x"]}]},
                    "ingress": [
                      {},
                      {
                        "from": [
                          {"podSelector": {}},
                          {"namespaceSelector": {"matchExpressions": [{"key": "e", "operator": "Exists"}, {"key": "d", "operator": "DoesNotExist"}]}}
                        ],
                        "ports": [{"port": 80}, {"protocol": "UDP", "port": "dns"}, {"protocol": "SCTP"}, {"port": 1, "endPort": 65535}]
                      }
                    ],
                    "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}]}]
                  }
                }
                """),
            path => new Location(path, 1, 1));

        Assert.Equal("ns/p", policy.QualifiedName);
        Assert.Equal(new Location("", 1, 1), policy.Location);
        Assert.Equal(LabelSet.Of("l", "1"), policy.Labels);
        Assert.Equal(LabelSet.Of("ringfence.dev/owner", "team"), policy.Annotations);
        Assert.Equal("a=b,k notin (x,y)", policy.PodSelector.ToString());
        Assert.True(policy is { AffectsIngress: true, AffectsEgress: true, TypesDefaulted: true });

        Assert.Equal(["spec.ingress[0]", "spec.ingress[1]"], policy.Ingress.Select(rule => rule.Location.File));
        Assert.Empty(policy.Ingress[0].Peers);
        Assert.Empty(policy.Ingress[0].Ports);

        var rule = policy.Ingress[1];
        Assert.Equal(
            [
                new PolicyPeer(LabelSelector.Everything, null, null, new("spec.ingress[1].from[0]", 1, 1)),
                new PolicyPeer(
                    null,
                    new LabelSelector([new Requirement("d", SelectorOperator.DoesNotExist, []), new Requirement("e", SelectorOperator.Exists, [])]),
                    null,
                    new("spec.ingress[1].from[1]", 1, 1)),
            ],
            rule.Peers);
        Assert.Equal(
            [
                new PolicyPort(Protocol.Tcp, null, 80, 80, new("spec.ingress[1].ports[0]", 1, 1)),
                new PolicyPort(Protocol.Udp, "dns", 0, 0, new("spec.ingress[1].ports[1]", 1, 1)),
                new PolicyPort(Protocol.Sctp, null, 0, 0, new("spec.ingress[1].ports[2]", 1, 1)),
                new PolicyPort(Protocol.Tcp, null, 1, 65535, new("spec.ingress[1].ports[3]", 1, 1)),
            ],
            rule.Ports);
        Assert.Equal([false, false, true, false], rule.Ports.Select(port => port.IsEveryPort));

        var peer = Assert.Single(Assert.Single(policy.Egress).Peers);
        Assert.Equal(new PolicyPeer(null, null, new IpBlock(Prefix.Parse("10.0.0.0/8"), [Prefix.Parse("10.1.0.0/16")]), new("spec.egress[0].to[0]", 1, 1)), peer);
    }

    [Theory]
    [InlineData("{}", true, false, true)]
    [InlineData("""{"ingress": []}""", true, false, true)]
    [InlineData("""{"egress": []}""", true, false, true)]
    [InlineData("""{"egress": [{}]}""", true, true, true)]
    [InlineData("""{"egress": [{}], "policyTypes": []}""", true, true, true)]
    [InlineData("""{"egress": [{}], "policyTypes": ["Ingress"]}""", true, false, false)]
    [InlineData("""{"ingress": [{}], "policyTypes": ["Egress"]}""", false, true, false)]
    [InlineData("""{"policyTypes": ["Egress", "Ingress"]}""", true, true, false)]
    public void Build_PolicyTypes_AreDefaultedAndTheDefaultIsRemembered(string spec, bool ingress, bool egress, bool defaulted)
    {
        var manifest = ManifestJson.Policy($$"""{"metadata": {"name": "p", "namespace": "ns"}, "spec": {{spec}}}""");
        foreach (var given in new[] { manifest, PolicyDefaults.Apply(manifest), PolicyDefaults.Apply(PolicyDefaults.Apply(manifest)) })
        {
            var policy = PolicyBuilder.Build(given);
            Assert.Equal((ingress, egress, defaulted), (policy.AffectsIngress, policy.AffectsEgress, policy.TypesDefaulted));
        }
    }

    [Theory]
    [InlineData("010.1.2.3/08", "10.0.0.0/8")]
    [InlineData("::ffff:10.1.2.3/120", "10.1.2.0/24")]
    [InlineData("FD00::1/64", "fd00::/64")]
    public void Build_LenientCidr_IsCleaned(string cidr, string prefix) =>
        Assert.Equal(prefix, BlockOf(new IpBlockManifest(cidr, null)).ToString());

    [Fact]
    public void Build_MappedExceptionWiderThanItsBlock_LeavesNothing()
    {
        var block = new IpBlockManifest("0.0.0.0/1", ["::ffff:0.0.0.0/96"]);
        Assert.Equal("0.0.0.0/1 except 0.0.0.0/1", BlockOf(block).ToString());
    }

    [Fact]
    public void Build_PodSelectorAbsentNullOrEmpty_IsEverything()
    {
        foreach (var spec in new[] { "{}", """{"podSelector": null}""", """{"podSelector": {}}""", """{"podSelector": {"matchLabels": null}}""" })
            Assert.True(PolicyBuilder.Build(ManifestJson.Policy($$"""{"metadata": {"name": "p"}, "spec": {{spec}}}""")).PodSelector.IsEverything);
    }

    [Fact]
    public void Build_GenerateNameAlone_HasANameThatNoObjectCanHave() =>
        Assert.Equal("ns/foo-*", PolicyBuilder.Build(new PolicyManifest { GenerateName = "foo-", Namespace = "ns" }).QualifiedName);

    [Fact]
    public void Build_RepeatedMatchLabel_TheLastOneCounts() => Assert.Equal(
        LabelSelector.Label("a", "2"),
        PolicyBuilder.Build(new PolicyManifest { Name = "p", PodSelector = new() { MatchLabels = [new("a", "1"), new("a", "2")] } }).PodSelector);

    [Fact]
    public void Build_NotValidated_SaysSo()
    {
        Assert.Throws<FormatException>(() => BlockOf(new IpBlockManifest("nonsense", null)));
        Assert.Throws<FormatException>(() => PolicyBuilder.Build(
            new PolicyManifest { Name = "p", Ingress = [new RuleManifest { Ports = [new PortManifest { Protocol = "ICMP" }] }] }));
        Assert.Throws<FormatException>(() => PolicyBuilder.Build(
            new PolicyManifest { Name = "p", PodSelector = new() { MatchExpressions = [new ExpressionManifest("k", "Gt", ["1"])] } }));
    }

    private static IpBlock BlockOf(IpBlockManifest block) =>
        PolicyBuilder.Build(new PolicyManifest { Name = "p", Ingress = [new RuleManifest { Peers = [new PeerManifest { IpBlock = block }] }] })
            .Ingress[0].Peers[0].IpBlock!;
}
