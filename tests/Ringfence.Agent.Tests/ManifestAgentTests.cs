using Ringfence.Dataplane.Links;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Agent.Tests;

public class ManifestAgentTests
{
    [Theory]
    [InlineData("an-interface-with-a-long-name")]
    [InlineData("éth0")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../eth0")]
    public void Update_AnnotationNoInterfaceCanHave_KeepsThatPodClosedAndEnforcesTheRest(string name)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        var folder = Directory.CreateTempSubdirectory("ringfence-test-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "pods.yaml"), $"{Pod("hostile", "10.0.0.2", name)}---\n{Pod("good", "10.0.0.3", "veth1")}");
            using var network = NetworkNamespace.Create();
            using var agent = new NodeAgent(network, new NodeAgentOptions());
            var told = new List<string>();

            var inForce = new ManifestAgent(agent, "node-1", [folder.FullName], (severity, text) => told.Add($"{severity} {text}")).Update();

            Assert.True(inForce);
            Assert.Contains(told, line => line.StartsWith($"{Severity.Warning} pod shop/hostile stays closed", StringComparison.Ordinal));
            var sets = agent.Program!.Rules.Sets;
            Assert.Single(sets["veth"].Elements);
            Assert.Single(sets["known4"].Elements);

            // Adjoining ranges are one: both addresses are guarded.
            Assert.Single(sets["local4"].Elements);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("bridge0", "bridge0", "pods on the bridge bridge0 reach each other past all policies: in the node's network, net.bridge.bridge-nf-call-iptables is not 1")]
    [InlineData("port0", "bridge0", "pod shop/a stays closed: its interface port0 is a port of the bridge bridge0")]
    [InlineData("port0", null, null)]
    [InlineData("elsewhere", "bridge0", null)]
    public void Update_PodOnABridge_IsWarnedOf_Once(string @interface, string? bridge, string? warning)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        var folder = Directory.CreateTempSubdirectory("ringfence-test-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "pods.yaml"), Pod("a", "10.0.0.2", @interface));
            using var network = NetworkNamespace.Create();
            using var other = NetworkNamespace.Create();
            var batch = new RouteBatch();
            batch.AddVeth(new NewLink("port0", 3, new([2, 0, 0, 0, 0, 3])), other, new NewLink("eth0", 2, new([2, 0, 0, 0, 0, 2])));
            if (bridge is not null)
            {
                batch.AddBridge(new NewLink(bridge, 4, new([2, 0, 0, 0, 0, 4])));
                batch.SetBridge(3, 4);
            }

            using (var socket = RouteSocket.Open(network)) socket.Commit(batch);
            Sysctl.Write(network, ("bridge/bridge-nf-call-iptables", "0"));
            using var agent = new NodeAgent(network, new NodeAgentOptions());
            var told = new List<string>();
            var follower = new ManifestAgent(agent, "node-1", [folder.FullName], (severity, text) => told.Add($"{severity} {text}"));

            Assert.True(follower.Update());
            Assert.True(follower.Update());

            if (warning is null) Assert.DoesNotContain(told, line => line.StartsWith($"{Severity.Warning}", StringComparison.Ordinal));
            else Assert.Single(told, line => line.StartsWith($"{Severity.Warning} {warning}", StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Pod(string name, string address, string @interface) =>
        $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: {{name}}, namespace: shop, annotations: { {{ManifestAgent.InterfaceAnnotation}}: "{{@interface}}" } }
        spec: { nodeName: node-1, containers: [ { name: main, image: main } ] }
        status: { phase: Running, podIPs: [ { ip: {{address}} } ] }

        """;
}
