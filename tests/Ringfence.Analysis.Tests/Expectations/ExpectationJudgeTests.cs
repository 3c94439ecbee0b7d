using System.Text;
using Ringfence.Analysis.Expectations;
using Ringfence.Engine;
using Ringfence.Kubernetes.Manifests;

namespace Ringfence.Analysis.Tests.Expectations;

public sealed class ExpectationJudgeTests
{
    // The namespace a is closed: api may reach db on TCP 5432 and UDP 53, web may reach api on http, 198.51.100.0/24 may reach web, api may reach 203.0.113.0/24.
    // Pods of b, which is declared, may reach db on every port; c is not declared, and its pods may reach api where it has the label team=x.
    private const string Cluster = """
        {kind: Namespace, apiVersion: v1, metadata: {name: a}}
        ---
        {kind: Namespace, apiVersion: v1, metadata: {name: b, labels: {team: x}}}
        ---
        {kind: Deployment, apiVersion: apps/v1, metadata: {name: api, namespace: a}, spec: {selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}}}}
        ---
        {kind: Deployment, apiVersion: apps/v1, metadata: {name: web, namespace: a}, spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c}]}}}}
        ---
        {kind: Pod, apiVersion: v1, metadata: {name: db, namespace: a, labels: {app: db}}, spec: {nodeName: n1, containers: [{name: c}]}, status: {hostIP: 192.168.0.1, podIP: 10.244.0.5, phase: Running}}
        ---
        {kind: Pod, apiVersion: v1, metadata: {name: batch, namespace: b, labels: {app: batch}}, spec: {containers: [{name: c}]}}
        ---
        {kind: Pod, apiVersion: v1, metadata: {name: stray, namespace: c, labels: {app: stray}}, spec: {containers: [{name: c}]}}
        ---
        {kind: Pod, apiVersion: v1, metadata: {name: exporter, namespace: b, labels: {app: exporter}}, spec: {hostNetwork: true, nodeName: n1, containers: [{name: c}]}, status: {hostIP: 192.168.0.1, podIP: 192.168.0.1, phase: Running}}
        ---
        {kind: Service, apiVersion: v1, metadata: {name: api, namespace: a}, spec: {selector: {app: api}, ports: [{name: web, port: 80, targetPort: http}]}}
        ---
        {kind: Service, apiVersion: v1, metadata: {name: nobody, namespace: a}, spec: {selector: {app: nobody}, ports: [{port: 80}]}}
        ---
        {kind: Service, apiVersion: v1, metadata: {name: half, namespace: a}, spec: {selector: {app: api}, ports: [{name: web, port: 80, targetPort: http}, {name: none, port: 81, targetPort: none}]}}
        ---
        {kind: NetworkPolicy, apiVersion: networking.k8s.io/v1, metadata: {name: closed, namespace: a}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}
        ---
        {kind: NetworkPolicy, apiVersion: networking.k8s.io/v1, metadata: {name: db, namespace: a}, spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 5432}, {port: 53, protocol: UDP}]}, {from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: b}}}]}]}}
        ---
        {kind: NetworkPolicy, apiVersion: networking.k8s.io/v1, metadata: {name: api, namespace: a}, spec: {podSelector: {matchLabels: {app: api}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, {namespaceSelector: {matchLabels: {team: x}}}], ports: [{port: http}]}], egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}, {to: [{ipBlock: {cidr: 203.0.113.0/24}}]}]}}
        ---
        {kind: NetworkPolicy, apiVersion: networking.k8s.io/v1, metadata: {name: web, namespace: a}, spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress], ingress: [{from: [{ipBlock: {cidr: 198.51.100.0/24}}]}], egress: [{to: [{podSelector: {matchLabels: {app: api}}}]}]}}
        """;

    private static readonly ClusterView View = ClusterView.Create(Reachability.Compile(Snapshot.Create(
        ManifestReader.Read([new ManifestText("cluster.yaml", true, Encoding.UTF8.GetBytes(Cluster))], new ManifestOptions()).Objects)));

    [Theory]
    [InlineData("allow: [{from: api, to: db, ports: [5432, 53/udp]}]", ExpectationOutcome.Passed)]
    [InlineData("allow: [{from: api, to: db, ports: [5432-5433]}]", ExpectationOutcome.Failed)]
    [InlineData("allow: [{from: api, to: db}]", ExpectationOutcome.Failed)]
    [InlineData("allow: [{from: b/batch, to: db}]", ExpectationOutcome.Passed)]
    [InlineData("allow: [{from: web, to: api, ports: [http]}]", ExpectationOutcome.Passed)]
    [InlineData("allow: [{from: web, to: api, ports: [8080]}]", ExpectationOutcome.Passed)]
    [InlineData("allow: [{from: web, to: svc/a/api}]", ExpectationOutcome.Passed)]
    [InlineData("allow: [{from: web, to: svc/api, ports: [80]}]", ExpectationOutcome.Passed)]
    [InlineData("allow: [{from: web, to: svc/api, ports: [web/tcp]}]", ExpectationOutcome.Passed)]
    [InlineData("deny: [{from: web, to: svc/a/api}]", ExpectationOutcome.Failed)]
    [InlineData("deny: [{from: db, to: svc/a/api}]", ExpectationOutcome.Passed)]
    [InlineData("allow: [{from: web, to: svc/nobody}]", ExpectationOutcome.Unknown)]
    [InlineData("allow: [{from: web, to: svc/half, ports: [80]}]", ExpectationOutcome.Passed)]
    [InlineData("allow: [{from: web, to: svc/half, ports: [80, 81]}]", ExpectationOutcome.Unknown)]
    [InlineData("deny: [{from: web, to: svc/half, ports: [80, 81]}]", ExpectationOutcome.Failed)]
    [InlineData("deny: [{from: web, to: everyone-else, ports: [http]}]", ExpectationOutcome.Failed)]
    [InlineData("deny: [{from: db, to: everyone-else, ports: [http]}]", ExpectationOutcome.Passed)]
    [InlineData("deny: [{from: web, to: everyone-else, ports: [htp]}]", ExpectationOutcome.Error)]
    [InlineData("deny: [{from: web, to: db}]", ExpectationOutcome.Passed)]
    [InlineData("deny: [{from: api, to: db, ports: [80]}]", ExpectationOutcome.Passed)]
    [InlineData("deny: [{from: api, to: db}]", ExpectationOutcome.Failed)]
    [InlineData("deny: [{from: everyone-else, to: db}]", ExpectationOutcome.Failed)]
    [InlineData("deny: [{from: everyone-else, to: db}, {from: web, to: api, ports: [1]}]\n  allow: [{from: [api, b/batch], to: db, ports: [5432]}]", ExpectationOutcome.Passed)]
    [InlineData("only: [{from: api, to: db, ports: [5432, 53/udp]}, {from: b/batch, to: db}]", ExpectationOutcome.Passed)]
    [InlineData("only: [{from: api, to: db, ports: [5432]}, {from: b/batch, to: db}]", ExpectationOutcome.Failed)]
    [InlineData("only: [{from: api, to: db, ports: [5432, 53/udp]}]", ExpectationOutcome.Failed)]
    [InlineData("only: [{from: api, to: db, ports: [5432]}]\n  allow: [{from: [api], to: db, ports: [53/udp]}, {from: {namespace: b, pods: app=batch}, to: db}]", ExpectationOutcome.Passed)]
    [InlineData("only: [{from: 198.51.100.0/24, to: web}]", ExpectationOutcome.Passed)]
    [InlineData("only: [{from: 198.51.100.0/25, to: web}]", ExpectationOutcome.Failed)]
    [InlineData("only: [{from: 198.51.100.0-198.51.100.255, to: web}]", ExpectationOutcome.Passed)]
    [InlineData("only: [{from: everyone-else, to: c/stray}]\n  deny: [{from: {namespace: a}, to: c/stray}]", ExpectationOutcome.Passed)]
    [InlineData("only: [{from: everyone-else, to: c/stray, ports: [80]}]\n  deny: [{from: {namespace: a}, to: c/stray}]", ExpectationOutcome.Failed)]
    [InlineData("only: [{from: external, to: web}]", ExpectationOutcome.Failed)]
    [InlineData("allow: [{from: 198.51.100.3, to: web}]\n  deny: [{from: 198.51.101.3, to: web}]", ExpectationOutcome.Passed)]
    [InlineData("allow: [{from: 198.51.100.0/24, to: web}]\n  deny: [{from: everyone-else, to: web}]", ExpectationOutcome.Passed)]
    [InlineData("deny: [{from: external, to: [db, api]}]", ExpectationOutcome.Passed)]
    [InlineData("allow: [{from: api, to: 203.0.113.0/24}]\n  deny: [{from: api, to: everyone-else, ports: [443]}]", ExpectationOutcome.Passed)]
    [InlineData("deny: [{from: api, to: everyone-else}]", ExpectationOutcome.Failed)]
    [InlineData("deny: [{from: {pods: 'app in (web,db)'}, to: external}]", ExpectationOutcome.Passed)]
    [InlineData("deny: [{from: {namespaces: kubernetes.io/metadata.name=c}, to: db}]", ExpectationOutcome.Passed)]
    [InlineData("deny: [{from: c/stray, to: api}]", ExpectationOutcome.Unknown)]
    [InlineData("allow: [{from: c/stray, to: api, ports: [8080]}]", ExpectationOutcome.Unknown)]
    [InlineData("allow: [{from: c/stray, to: api, ports: [80]}]", ExpectationOutcome.Failed)]
    [InlineData("deny: [{from: {namespaces: team!=y}, to: api, ports: [80]}]", ExpectationOutcome.Unknown)]
    [InlineData("allow: [{from: {namespaces: team=x}, to: api, ports: [http]}]", ExpectationOutcome.Failed)]
    [InlineData("allow: [{from: b/exporter, to: db}]", ExpectationOutcome.Passed)]
    [InlineData("deny: [{from: b/exporter, to: db}]", ExpectationOutcome.Failed)]
    [InlineData("deny: [{from: 192.168.0.1, to: db}]", ExpectationOutcome.Failed)]
    [InlineData("deny: [{from: {namespace: b, pods: app=exporter}, to: db}]", ExpectationOutcome.Passed)]
    [InlineData("allow: [{from: db, to: db}]", ExpectationOutcome.Passed)]
    [InlineData("deny: [{from: api, to: api}]", ExpectationOutcome.Passed)]
    [InlineData("deny: [{from: {pods: app=db}, to: {pods: app=db}}]", ExpectationOutcome.Error)]
    [InlineData("deny: [{from: external, to: 1.2.3.4}]", ExpectationOutcome.Error)]
    [InlineData("deny: [{from: everyone, to: everyone, ports: [1/sctp]}]", ExpectationOutcome.Failed)]
    public void Judge_Case_ComesOutAs(string entries, ExpectationOutcome outcome)
    {
        var result = Judge(entries);

        Assert.True(result.Outcome == outcome, $"{result.Outcome}: {string.Join("\n", result.Results.Select(Text))}");
    }

    [Theory]
    [InlineData("deny: [{from: everyone, to: db}]", "a/api -> a/db UDP 53; TCP 5432|b/batch -> a/db All")]
    [InlineData("deny: [{from: everyone-else, to: db, ports: [5432]}]", "a/api -> a/db TCP 5432|b/batch -> a/db TCP 5432")]
    [InlineData("only: [{from: 198.51.100.0/25, to: web}]", "198.51.100.128/25 -> a/web All")]
    [InlineData("allow: [{from: external, to: web}]", "0.0.0.0-198.51.99.255 -> a/web All|198.51.101.0-255.255.255.255 -> a/web All")]
    [InlineData("deny: [{from: api, to: external}]", "a/api -> 203.0.113.0/24 All")]
    [InlineData("allow: [{from: [web, db], to: external, ports: [443]}]", "a/db -> 0.0.0.0/0 TCP 443|a/web -> 0.0.0.0/0 TCP 443")]
    [InlineData("deny: [{from: b/exporter, to: db}]", "b/exporter -> a/db All")]
    public void Judge_Failure_NamesTheFlows(string entries, string flows) =>
        Assert.Equal(flows.Replace("UDP 53; TCP 5432", "TCP 5432; UDP 53", StringComparison.Ordinal),
            string.Join("|", Judge(entries).Results.SelectMany(result => result.Unexpected).Select(flow => $"{flow.Source} -> {flow.Destination} {flow.Connections}")));

    [Fact]
    public void Judge_Failure_HasTheDecidingRule()
    {
        var flow = Assert.Single(Assert.Single(Judge("deny: [{from: api, to: db}]").Results).Unexpected);

        Assert.Equal((Outcome.Denied, Outcome.Allowed), (flow.Expected, flow.Verdict.Outcome));
        Assert.Equal("a/db ingress[0]", Decision.Name(Decision.Of(flow.Verdict).Rule!));
    }

    [Fact]
    public void Judge_OwnNode_SaysThatNoPolicyConcernsIt() =>
        Assert.Equal("traffic between a pod and its own node is always allowed", Assert.Single(Assert.Single(Judge("deny: [{from: b/exporter, to: db}]").Results).Unexpected).Verdict.Exemption);

    [Theory]
    [InlineData("deny: [{from: api, to: {cidr: 10.244.0.0/24}}]")]
    [InlineData("deny: [{from: api, to: 10.244.0.0-10.244.0.255}]")]
    [InlineData("deny: [{from: api, to: 10.244.0.0/24}]")]
    public void Judge_RangeWithPods_SaysThatTheyAreNotJudged(string entries) =>
        Assert.Contains("holds the addresses of 1 pod;", Assert.Single(Assert.Single(Judge(entries).Results).Notes), StringComparison.Ordinal);

    [Fact]
    public void Judge_Unknown_SaysWhatIsMissing()
    {
        Assert.Equal(["the labels of namespace c"], Judge("deny: [{from: c/stray, to: api}]").Results[0].Missing);
        Assert.Equal(["the labels of namespace c"], Judge("deny: [{from: {namespaces: team!=y}, to: api, ports: [80]}]").Results[0].Missing);
        Assert.Equal(["a pod behind svc/a/nobody"], Judge("allow: [{from: web, to: svc/nobody}]").Results[0].Missing);
    }

    [Theory]
    [InlineData("deny: [{from: apj, to: db}]", "there is no workload or pod 'a/apj' in the input. Did you mean a/api?")]
    [InlineData("deny: [{from: {pods: app=wev}, to: db}]", "there are no pods app=wev of namespace a in the input. Did you mean app=web?")]
    [InlineData("deny: [{from: {namespace: bb}, to: db}]", "there is no namespace 'bb' in the input. Did you mean b?")]
    [InlineData("deny: [{from: {namespaces: kubernetes.io/metadata.name=z}, to: db}]", "no namespace has the labels kubernetes.io/metadata.name=z.")]
    [InlineData("deny: [{from: web, to: svc/apj}]", "there is no Service 'a/apj' in the input. Did you mean svc/a/api?")]
    [InlineData("deny: [{from: web, to: svc/api, ports: [81]}]", "the Service a/api has no port 81. It has 80/TCP (web).")]
    [InlineData("deny: [{from: web, to: api, ports: [htp]}]", "no container of the destination has a port named 'htp'. It has http/TCP (8080).")]
    public void Judge_NobodyThere_IsAnErrorWithWhatIsNear(string entries, string message)
    {
        var result = Assert.Single(Judge(entries).Results);

        Assert.Equal(ExpectationOutcome.Error, result.Outcome);
        Assert.StartsWith(message, result.Problem!.Message, StringComparison.Ordinal);
        Assert.Equal(7, result.Problem.Location.Line);
    }

    [Fact]
    public void Judge_OthersOfACaseThatCannotBeJudged_AreNotSaidToHold()
    {
        var results = Judge("allow: [{from: apj, to: db}]\n  deny: [{from: everyone-else, to: db, ports: [1]}, {from: web, to: db}]").Results;

        Assert.Equal([ExpectationOutcome.Error, ExpectationOutcome.Failed, ExpectationOutcome.Passed], results.Select(result => result.Outcome));
    }

    private static CaseResult Judge(string entries)
    {
        var text = $"apiVersion: ringfence.dev/v1alpha1\nkind: Expectations\nnamespace: a\n\ncases:\n- name: x\n  {entries}\n";
        var reading = ExpectationReader.Read(Encoding.UTF8.GetBytes(text), "test.yaml");
        Assert.Empty(reading.Diagnostics);
        return Assert.Single(new ExpectationJudge(View).Judge(reading.Set!.Cases));
    }

    private static string Text(ExpectationResult result) =>
        $"{result.Expectation.Mode} {result.Outcome} {result.Problem?.Message} {string.Join("|", result.Unexpected.Select(flow => $"{flow.Source} -> {flow.Destination} {flow.Connections}"))} {string.Join(", ", result.Missing)}";
}
