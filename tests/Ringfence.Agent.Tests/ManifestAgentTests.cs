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

    private static string Pod(string name, string address, string @interface) =>
        $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: {{name}}, namespace: shop, annotations: { {{ManifestAgent.InterfaceAnnotation}}: "{{@interface}}" } }
        spec: { nodeName: node-1, containers: [ { name: main, image: main } ] }
        status: { phase: Running, podIPs: [ { ip: {{address}} } ] }

        """;
}
