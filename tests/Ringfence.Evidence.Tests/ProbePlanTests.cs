using Ringfence.Engine;
using Ringfence.Evidence.Planning;
using Ringfence.Model;

namespace Ringfence.Evidence.Tests;

public sealed class ProbePlanTests
{
    [Fact]
    public void Create_EveryPairOfPods_IsProbedOnEveryPortThatAnyoneNames()
    {
        var objects = SampleCluster.Example("rag");
        var plan = SampleCluster.Plan(objects);

        Assert.Empty(plan.Thinned);
        var pods = objects.Pods.Select(pod => pod.QualifiedName).ToList();
        var inside = plan.Probes.Where(item => item.Probe.Source.IsPod && item.Probe.Destination.IsPod).ToList();
        Assert.Equal(pods.Count * (pods.Count - 1), inside.Select(item => (item.Probe.Source.Name, item.Probe.Destination.Name)).Distinct().Count());
        var toStore = inside.Where(item => item.Probe.Source.Name == "ai-platform/chat-ui-0" && item.Probe.Destination.Name == "ai-platform/vector-db-0")
            .Select(item => $"{item.Probe.Port}/{item.Probe.Protocol.ToText()}");
        Assert.Superset(new HashSet<string> { "6333/TCP", "6334/TCP", "8000/TCP", "443/TCP", "53/TCP", "53/UDP", "60001/TCP", "60001/UDP" }, toStore.ToHashSet());
        Assert.Contains(inside, item => item.Probe.Source.Workload == "ai-platform/rag-api" && item.Probe.Destination.Workload == "ai-platform/rag-api");
        Assert.DoesNotContain(inside, item => item.Probe.Source == item.Probe.Destination);
    }

    [Fact]
    public void Create_Outside_IsProbedBothWays_WithEveryAddress()
    {
        var plan = SampleCluster.Plan(SampleCluster.Example("rag"));

        Assert.Equal(["203.0.113.0/24", "other external"], plan.Probes.Where(item => !item.Probe.Destination.IsPod).Select(item => item.Probe.Destination.Workload).Distinct().OrderDescending().Reverse());
        Assert.Equal(["external"], plan.Probes.Where(item => !item.Probe.Source.IsPod).Select(item => item.Probe.Source.Workload).Distinct());
        var allowed = Assert.Single(plan.Probes, item => item is { Expected.Outcome: Outcome.Allowed, Probe: { Source.Name: "ai-platform/rag-api-0", Destination.IsPod: false } });
        Assert.Equal(("203.0.113.10", 443), (allowed.Probe.Destination.Name, allowed.Probe.Port));
    }

    [Fact]
    public void Create_RangeOfPorts_IsProbedAtItsEdges()
    {
        var plan = SampleCluster.Plan(SampleCluster.Of(Policy("ports: [{ port: 8000, endPort: 8010 }]") + Pods("a", "b")));

        var ports = plan.Probes.Where(item => item.Probe is { Source.Name: "default/a", Destination.Name: "default/b", Protocol: Protocol.Tcp })
            .ToDictionary(item => item.Probe.Port, item => item.Expected.Outcome);
        Assert.Equal(
            new() { [7999] = Outcome.Denied, [8000] = Outcome.Allowed, [8010] = Outcome.Allowed, [8011] = Outcome.Denied, [60001] = Outcome.Denied },
            ports);
    }

    [Theory]
    [InlineData(3000)]
    [InlineData(1200)]
    [InlineData(500)]
    [InlineData(100)]
    [InlineData(7)]
    [InlineData(1)]
    public void Create_MoreThanWanted_IsThinnedToThatManyAndSaysHow(int most)
    {
        var objects = SampleCluster.Of(string.Concat(Enumerable.Range(0, 8).Select(i => Workload($"w{i}", i < 5 ? "a" : "b", 8000 + (i / 5)))) + Policy("from: [{ podSelector: { matchLabels: { app: a } } }]"), replicas: 4);
        Assert.Equal(32, objects.Pods.Length);

        var plan = SampleCluster.Plan(objects, most);

        Assert.InRange(plan.Probes.Length, 1, most);
        Assert.NotEmpty(plan.Thinned);
        Assert.Equal(plan.Probes.Length, plan.Probes.Distinct().Count());
        if (most < 1200) return;
        Assert.Equal(8, plan.Probes.Select(item => item.Probe.Source.Workload).Where(name => name.StartsWith("default/", StringComparison.Ordinal)).Distinct().Count());
        Assert.Contains("no policy can tell apart", plan.Thinned[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Create_PodsOfOneWorkload_StandForEachOtherOnOneNodeAndAcross()
    {
        var objects = SampleCluster.Of(Workload("one", "a", 80) + Workload("two", "b", 80), replicas: 6);

        var plan = SampleCluster.Plan(objects, 250);

        var node = objects.Pods.ToDictionary(pod => pod.QualifiedName, pod => pod.NodeName);
        var between = plan.Probes.Where(item => item.Probe.Source.Workload == "default/one" && item.Probe.Destination.Workload == "default/two")
            .Select(item => node[item.Probe.Source.Name] == node[item.Probe.Destination.Name]).Distinct();
        Assert.Equal(2, between.Count());
    }

    [Fact]
    public void Create_WhatProbesCannotShow_IsToldWithTheReason()
    {
        var plan = SampleCluster.Plan(SampleCluster.Of(
            """
            apiVersion: v1
            kind: Pod
            metadata: { name: agent, namespace: default }
            spec: { hostNetwork: true, containers: [{ name: c, image: i }] }
            ---

            """ + Pods("a")));

        Assert.Contains(plan.NotCovered, gap => gap.What == "default/agent" && gap.Why.Contains("hostNetwork", StringComparison.Ordinal));
        Assert.Contains(plan.NotCovered, gap => gap.What.StartsWith("ICMP", StringComparison.Ordinal));
        Assert.DoesNotContain(plan.Probes, item => item.Probe.Source.Name == "default/agent" || item.Probe.Destination.Name == "default/agent");
    }

    [Fact]
    public void Create_RangeWithoutAddress_IsNotCovered()
    {
        var plan = SampleCluster.Plan(SampleCluster.Of(Policy("from: [{ ipBlock: { cidr: 198.18.0.0/15 } }]") + Pods("a")));

        Assert.Contains(plan.NotCovered, gap => gap.What == "198.18.0.0/15 as a source");
    }

    [Fact]
    public void Create_TwoFamilies_AreBothProbed()
    {
        var objects = SampleCluster.Of(Pods("a", "b"));
        objects = objects with { Pods = [.. objects.Pods.Select((pod, i) => pod with { Addresses = [.. pod.Addresses, Address.Parse($"fd00::{i + 1}")] })] };

        var plan = SampleCluster.Plan(objects);

        Assert.Equal([IpFamily.V4, IpFamily.V6], plan.Probes.Where(item => item.Probe is { Source.IsPod: true, Destination.IsPod: true })
            .Select(item => item.Probe.Destination.Address.Family).Distinct().Order());
        Assert.All(plan.Probes, item => Assert.Equal(item.Probe.Source.Address.Family, item.Probe.Destination.Address.Family));
    }

    [Fact]
    public void Create_Denied_SaysWhoDeniesAndWhere()
    {
        var plan = SampleCluster.Plan(SampleCluster.Example("rag"));

        var denied = plan.Probes.First(item => item.Probe is { Source.Name: "ai-platform/chat-ui-0", Destination.Name: "ai-platform/vector-db-0", Port: 6333 });
        Assert.Contains("ai-platform/deny-all", denied.Expected.Policies);
        Assert.Contains("egress: isolated by ai-platform/chat-ui-to-rag-api, ai-platform/deny-all, ai-platform/dns, and no rule matches", denied.Expected.Reasons[0], StringComparison.Ordinal);
        Assert.Contains("ingress: isolated by", denied.Expected.Reasons[1], StringComparison.Ordinal);
        Assert.EndsWith(".yaml", denied.Expected.Location!.Value.File, StringComparison.Ordinal);
    }

    internal static string Policy(string rule) =>
        $"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{ name: p, namespace: default }}\nspec:\n  podSelector: {{}}\n  ingress: [{{ {rule} }}]\n---\n";

    internal static string Pods(params string[] names) =>
        string.Concat(names.Select(name => $"apiVersion: v1\nkind: Pod\nmetadata: {{ name: {name}, namespace: default }}\nspec: {{ containers: [{{ name: c, image: i }}] }}\n---\n"));

    private static string Workload(string name, string app, int port) =>
        $"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: {name}, namespace: default }}\nspec:\n  selector: {{ matchLabels: {{ app: {app} }} }}\n  template:\n"
        + $"    metadata: {{ labels: {{ app: {app} }} }}\n    spec: {{ containers: [{{ name: c, image: i, ports: [{{ containerPort: {port} }}] }}] }}\n---\n";
}
