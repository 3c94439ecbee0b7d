using Ringfence.Analysis.Generation;
using Ringfence.Engine;
using Ringfence.Model;
using static Ringfence.Analysis.Tests.Generation.Clusters;

namespace Ringfence.Analysis.Tests.Generation;

public sealed class PolicyGeneratorTests
{
    private static readonly string WebAndDb = Pod("web", "app: web", "{containerPort: 8080, name: http}") + Pod("db", "app: db", "{containerPort: 5432, name: sql}");

    [Fact]
    public void Generate_Service_OpensThePodsOwnPort()
    {
        var result = Generate(WebAndDb + Service("db", "app: db", "{port: 80, targetPort: sql}"), ["web -> svc/db:80"]);

        Assert.True(result.IsExact);
        var rule = Assert.Single(Named(result, "db").Ingress);
        Assert.Equal((5432, 5432), (rule.Ports[0].First, rule.Ports[0].Last));
    }

    [Fact]
    public void Generate_Flow_IsOpenedAtBothEndsAndAllElseIsClosed()
    {
        var result = Generate(WebAndDb + Pod("spy", "app: spy"), ["web -> db:5432"]);

        Assert.True(result.IsExact);
        Assert.Equal(["default-deny", "allow-dns", "db", "web"], result.Policies.Select(policy => policy.Name));
        Assert.Single(Named(result, "web").Egress);
        Assert.Empty(Named(result, "web").Ingress);
    }

    [Fact]
    public void Generate_WithoutPort_OpensThoseThatAreDeclared()
    {
        var result = Generate(WebAndDb, ["web -> db"]);

        Assert.Equal(5432, Assert.Single(Named(result, "db").Ingress[0].Ports).First);
        Assert.Contains(result.Notes, note => note.Contains("TCP 5432", StringComparison.Ordinal));
    }

    [Fact]
    public void Generate_NameWithDifferentNumbers_IsKeptAsAName()
    {
        const string Old = "ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: db, uid: u, controller: true}]";
        var cluster = Pod("web", "app: web") + Pod("db-1", "app: db", "{containerPort: 5432, name: sql}") + Pod("db-2", "app: db", "{containerPort: 6432, name: sql}");
        var result = Generate(cluster.Replace("labels: { app: db }", $"labels: {{app: db}}, {Old}", StringComparison.Ordinal), ["web -> db:sql"]);

        Assert.True(result.IsExact, string.Join('\n', result.Deviations));
        Assert.Equal("sql", Assert.Single(Named(result, "db").Ingress[0].Ports).Name);
    }

    [Fact]
    public void Generate_PodOnItsNodesNetwork_CannotBeHad()
    {
        var result = Generate(WebAndDb + Pod("agent", "app: agent", extra: "hostNetwork: true"), ["agent -> db:5432"]);

        Assert.False(result.IsExact);
        Assert.Contains("node's network", Assert.Single(result.Obstacles).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_LabelsThatDoNotTellApart_SayWhoElseIsMeant()
    {
        var result = Generate(WebAndDb + Pod("twin", "app: db"), ["web -> db:5432"]);

        Assert.False(result.IsExact);
        Assert.Contains("app/twin", Assert.Single(result.Obstacles).Why, StringComparison.Ordinal);
        Assert.Contains(result.Deviations, deviation => deviation is { Kind: DeviationKind.Beyond, Source: "app/web", Destination: "app/twin" });
    }

    [Fact]
    public void Generate_WithoutLabels_MakesNoPolicyForTheWholeNamespace()
    {
        var result = Generate(WebAndDb + Pod("bare", "pod-template-hash: abc"), ["web -> bare:80"]);

        Assert.Contains("no stable label", Assert.Single(result.Obstacles).Why, StringComparison.Ordinal);
        Assert.DoesNotContain(result.Policies, policy => policy.PodSelector.IsEverything && (!policy.Ingress.IsEmpty || (policy.Name != "allow-dns" && !policy.Egress.IsEmpty)));
    }

    [Theory]
    [InlineData("db -> 10.0.0.0/8:443", "10.0.0.0/8")]
    [InlineData("db -> 10.0.0.0-10.255.255.255:443", "10.0.0.0/8")]
    [InlineData("db -> external:443", "0.0.0.0/0")]
    public void Generate_Addresses_BecomeBlocks(string flow, string cidr)
    {
        var rule = Assert.Single(Named(Generate(WebAndDb, [flow]), "db").Egress);

        Assert.Equal(cidr, Assert.Single(rule.Peers).Peer.IpBlock!.ToString());
    }

    [Fact]
    public void Generate_External_LeavesThePodsOwnRangesOut()
    {
        const string Node = "---\napiVersion: v1\nkind: Node\nmetadata: {name: node-1}\nspec: {podCIDR: 10.244.0.0/24, podCIDRs: [10.244.0.0/24]}\n";
        var rule = Assert.Single(Named(Generate(WebAndDb + Node, ["external -> web:8080"]), "web").Ingress);

        Assert.Equal("0.0.0.0/0 except 10.244.0.0/24", Assert.Single(rule.Peers).Peer.IpBlock!.ToString());
    }

    [Fact]
    public void Generate_DnsOfTheCluster_IsMetAtItsOwnPortAndNamespace()
    {
        var dns = Pod("dns-1", "dns.operator.openshift.io/daemonset-dns: default", "{containerPort: 5353, name: dns, protocol: UDP}", ns: "openshift-dns")
            + Service("dns-default", "dns.operator.openshift.io/daemonset-dns: default", "{port: 53, name: dns, protocol: UDP, targetPort: dns}", ns: "openshift-dns");
        var result = Generate(WebAndDb + dns, ["web -> db:5432"]);

        Assert.True(result.IsExact);
        var rule = Assert.Single(Named(result, "allow-dns").Egress);
        Assert.Equal(5353, Assert.Single(rule.Ports).First);
        Assert.Equal("kubernetes.io/metadata.name=openshift-dns", rule.Peers[0].Peer.NamespaceSelector!.ToString());
    }

    [Fact]
    public void Generate_NodeLocalCache_IsAddressed()
    {
        var cache = Pod("cache", "k8s-app: node-local-dns", extra: "hostNetwork: true", ns: "kube-system");
        var peers = Named(Generate(WebAndDb + cache, ["web -> db:5432"]), "allow-dns").Egress.SelectMany(rule => rule.Peers).ToList();

        Assert.Contains(peers, peer => peer.Peer.IpBlock?.ToString() == "169.254.20.10/32");
        Assert.Contains(peers, peer => peer.Peer.PodSelector?.ToString() == "k8s-app=kube-dns");
    }

    [Fact]
    public void Generate_DnsOnItsNodesNetwork_IsToldNotAssumed()
    {
        var dns = Pod("dns", "k8s-app: kube-dns", extra: "hostNetwork: true", ns: "kube-system");
        var result = Generate(WebAndDb + dns, ["web -> db:5432"]);

        Assert.Equal("kube-system/kube-dns", Assert.Single(result.Obstacles).What);
        Assert.DoesNotContain(result.Policies, policy => policy.Name == "allow-dns");
    }

    [Fact]
    public void Generate_DnsNamespaceIsolated_AnswersEveryone()
    {
        var dns = Pod("dns", "k8s-app: kube-dns", "{containerPort: 53, name: dns, protocol: UDP}", ns: "kube-system")
            + Service("kube-dns", "k8s-app: kube-dns", "{port: 53, protocol: UDP}", ns: "kube-system");
        var result = PolicyGenerator.Generate(Read(WebAndDb + dns), [.. new FlowSyntax("app").Read("web -> db:5432", default)], new GenerationOptions { Isolate = ["app", "kube-system"] });

        Assert.True(result.IsExact, string.Join('\n', result.Deviations));
        Assert.Contains(result.Policies, policy => policy is { Namespace: "kube-system", Name: "kube-dns", Ingress.Length: 1 });
    }

    [Fact]
    public void Generate_KeepExisting_TellsWhatTheyOpenBesides()
    {
        const string Open = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: all, namespace: app}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}], egress: [{}]}\n";
        var replaced = Generate(WebAndDb + Open, ["web -> db:5432"]);
        var kept = Generate(WebAndDb + Open, ["web -> db:5432"], keepExisting: true);

        Assert.True(replaced.IsExact);
        Assert.Equal("all", Assert.Single(replaced.Existing).Name);
        Assert.Contains(kept.Deviations, deviation => deviation is { Kind: DeviationKind.Beyond, Source: "app/db", Destination: "app/web" });
    }

    [Fact]
    public void Generate_UnknownNames_AreAllToldAtOnce()
    {
        var problem = Assert.Throws<InputException>(() => Generate(WebAndDb, ["web -> bd:5432", "wob -> db:5432"]));

        Assert.Contains("app/bd", problem.Message, StringComparison.Ordinal);
        Assert.Contains("app/wob", Assert.Single(problem.Hints), StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_Policies_HaveTheNamesOfTheirWorkloadsAndNoneTwice()
    {
        var result = Generate(WebAndDb + Pod("allow-dns", "app: odd"), ["web -> allow-dns:80"]);

        Assert.Equal(["default-deny", "allow-dns", "allow-dns-2", "web"], result.Policies.Select(policy => policy.Name));
    }

    private static GeneratedPolicies Generate(string cluster, string[] flows, bool keepExisting = false)
    {
        var syntax = new FlowSyntax("app");
        return PolicyGenerator.Generate(Read(cluster), [.. flows.SelectMany(flow => syntax.Read(flow, default))], new GenerationOptions { KeepExisting = keepExisting });
    }

    private static GeneratedPolicy Named(GeneratedPolicies result, string name) => result.Policies.Single(policy => policy.Name == name);
}
