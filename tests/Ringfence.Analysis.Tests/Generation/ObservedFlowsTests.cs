using Ringfence.Analysis.Generation;
using Ringfence.Analysis.Generation.Observed;
using static Ringfence.Analysis.Tests.Generation.Clusters;

namespace Ringfence.Analysis.Tests.Generation;

public sealed class ObservedFlowsTests
{
    private const string Node = "---\napiVersion: v1\nkind: Node\nmetadata: {name: node-1}\nstatus: {addresses: [{type: InternalIP, address: 192.168.1.1}]}\n";

    private static readonly string Cluster = Pod("web", "app: web", ip: "10.244.0.5") + Pod("db", "app: db", ip: "10.244.0.6")
        + Service("db", "app: db", "{port: 80, targetPort: 5432}", ip: "10.96.0.9") + Node;

    // A line of each log, as the programs write it.
    private const string Hubble =
        """{"flow":{"time":"2024-01-16T08:40:26.420398310Z","uuid":"f02f37a8","verdict":"VERDICT","ethernet":{"source":"5a:e2:ba:46:ba:fc"},"IP":{"source":"SOURCE","destination":"DESTINATION","ipVersion":"IPv4"},"l4":{"TCP":{"source_port":33040,"destination_port":5432,"flags":{"SYN":true}}},"source":{"ID":2783,"identity":8133,"namespace":"app","labels":["k8s:app=web"],"pod_name":"web","workloads":[{"name":"web","kind":"Pod"}]},"destination":{"ID":1525,"identity":55079,"namespace":"app","pod_name":"db"},"Type":"L3_L4","is_reply":REPLY},"node_name":"n"}""";

    [Theory]
    [InlineData("tcp      6 431999 ESTABLISHED src=10.244.0.5 dst=10.244.0.6 sport=33041 dport=5432 src=10.244.0.6 dst=10.244.0.5 sport=5432 dport=33041 [ASSURED] mark=0 use=1")]
    [InlineData("tcp      6 86205 ESTABLISHED src=10.244.0.5 dst=10.96.0.9 sport=33041 dport=80 src=10.244.0.6 dst=10.244.0.5 sport=5432 dport=33041 [ASSURED] mark=0 use=1")]
    [InlineData("ipv4     2 tcp      6 86205 ESTABLISHED src=10.244.0.5 dst=10.96.0.9 sport=33041 dport=80 src=10.244.0.6 dst=10.244.0.5 sport=5432 dport=33041 [ASSURED] mark=0 zone=1 use=2")]
    [InlineData("    [NEW] tcp      6 120 SYN_RECV src=10.244.0.5 dst=10.96.0.9 sport=33041 dport=80 src=10.244.0.6 dst=10.244.0.5 sport=5432 dport=33041")]
    public void Read_Conntrack_LeadsToWhoAnswered(string line) => Assert.Equal("app/web > app/db TCP 5432", Read(line));

    [Theory]
    [InlineData("udp      17 29 src=10.244.0.5 dst=10.244.0.6 sport=1 dport=53 [UNREPLIED] src=10.244.0.6 dst=10.244.0.5 sport=53 dport=1 mark=0 use=1", "nobody answered")]
    [InlineData("icmp     1 29 src=10.244.0.5 dst=10.244.0.6 type=8 code=0 id=3 src=10.244.0.6 dst=10.244.0.5 type=0 code=0 id=3 mark=0 use=1", "protocols without ports")]
    [InlineData("tcp 6 9 ESTABLISHED src=192.168.1.1 dst=10.244.0.6 sport=9 dport=5432 src=10.244.0.6 dst=192.168.1.1 sport=5432 dport=9 [ASSURED] use=1", "an end is a node")]
    [InlineData("tcp 6 9 ESTABLISHED src=10.244.0.5", "of no known flow log")]
    [InlineData("{\"flow\": 3}", "of no known flow log")]
    [InlineData("{\"flow\": {", "of no known flow log")]
    [InlineData("[1,2", "of no known flow log")]
    public void Read_WhatIsNoFlow_IsCountedAndTold(string line, string expected)
    {
        var flows = new ObservedFlows(Clusters.Read(Cluster)).Read(new StringReader(line), "log");

        Assert.Empty(flows.Items);
        Assert.Contains(flows.Notes, note => note.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("FORWARDED", "false", "10.244.0.5", "10.244.0.6", "app/web > app/db TCP 5432")]
    [InlineData("AUDIT", "false", "10.244.0.5", "10.244.0.6", "app/web > app/db TCP 5432")]
    [InlineData("FORWARDED", "null", "10.244.0.5", "10.244.0.6", "app/web > app/db TCP 5432")]
    [InlineData("FORWARDED", "true", "10.244.0.5", "10.244.0.6", "")]
    [InlineData("DROPPED", "false", "10.244.0.5", "10.244.0.6", "")]
    [InlineData("FORWARDED", "false", "10.9.9.9", "10.9.9.8", "app/web > app/db TCP 5432")]
    public void Read_Hubble_TakesWhatWasLetThroughAndAsked(string verdict, string reply, string source, string destination, string expected) =>
        Assert.Equal(expected, Read(Hubble.Replace("VERDICT", verdict, StringComparison.Ordinal).Replace("REPLY", reply, StringComparison.Ordinal)
            .Replace("SOURCE", source, StringComparison.Ordinal).Replace("DESTINATION", destination, StringComparison.Ordinal)));

    [Fact]
    public void Read_HubbleBeforeTranslation_GoesThroughTheService()
    {
        var line = """{"verdict":"FORWARDED","is_reply":false,"IP":{"source":"10.244.0.5","destination":"10.96.0.9"},"l4":{"TCP":{"source_port":1,"destination_port":80}},"source":{"namespace":"app","pod_name":"web"},"destination":{"labels":["reserved:world"]}}""";

        Assert.Equal("app/web > svc/app/db TCP 80", Read(line));
    }

    [Theory]
    [InlineData("allowed", "app/web > app/db TCP 5432")]
    [InlineData("denied", "")]
    public void Read_OwnLog_TakesWhatWasAllowed(string verdict, string expected) => Assert.Equal(expected, Read(
        $$"""{"apiVersion":"ringfence.dev/v1alpha1","kind":"Flow","time":"2026-01-01T00:00:00.000Z","node":"n","verdict":"{{verdict}}","direction":null,"source":"app/web","sourceAddress":"10.244.0.5","destination":"app/db","destinationAddress":"10.244.0.6","protocol":"TCP","port":5432,"icmpType":null,"policies":[],"rule":null,"location":null,"nearest":null,"note":null,"count":1}"""));

    [Fact]
    public void Read_ManyLines_AreOneFlow()
    {
        const string Line = "tcp 6 9 ESTABLISHED src=10.244.0.5 dst=10.244.0.6 sport=9 dport=5432 src=10.244.0.6 dst=10.244.0.5 sport=5432 dport=9 [ASSURED] use=1\r\n";
        var flows = new ObservedFlows(Clusters.Read(Cluster)).Read(new StringReader(string.Concat(Enumerable.Repeat(Line, 1000)) + "rubbish\n"), "log");

        Assert.Equal("seen 1000 times", Assert.Single(flows.Items).Asked);
        Assert.StartsWith("log:1001: ", Assert.Single(flows.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_ObservedFlows_OpensThem()
    {
        const string Line = "tcp 6 9 ESTABLISHED src=10.244.0.5 dst=10.96.0.9 sport=9 dport=80 src=10.244.0.6 dst=10.244.0.5 sport=5432 dport=9 [ASSURED] use=1";
        var snapshot = Clusters.Read(Cluster);
        var result = PolicyGenerator.Generate(snapshot, new ObservedFlows(snapshot).Read(new StringReader(Line), "log").Items, new GenerationOptions());

        Assert.True(result.IsExact);
        Assert.Contains(result.Policies, policy => policy is { Name: "db", Ingress.Length: 1 });
    }

    private static string Read(string line) => string.Join('|', new ObservedFlows(Clusters.Read(Cluster)).Read(new StringReader(line), "log").Items
        .Select(flow => $"{flow.Source.Text} > {flow.Destination.Text} {flow.Ports!.Numbers}"));
}
