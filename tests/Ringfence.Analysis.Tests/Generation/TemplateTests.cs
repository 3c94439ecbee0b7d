using Ringfence.Analysis.Generation;
using Ringfence.Analysis.Generation.Templates;
using Ringfence.Engine;
using Ringfence.Model;
using static Ringfence.Analysis.Tests.Generation.Clusters;

namespace Ringfence.Analysis.Tests.Generation;

public sealed class TemplateTests
{
    private static readonly string Platform = Pod("frontend", "app: frontend", "{containerPort: 3000}") + Pod("rag-backend", "app: rag-backend", "{containerPort: 9000}")
        + Pod("qdrant-0", "app.kubernetes.io/name: qdrant", "{containerPort: 6333}") + Pod("spy", "app: spy");

    public static TheoryData<string> Names => [.. Template.All.Select(template => template.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Alone_EveryTemplate_OpensExactlyItsFlowsAndSaysWhatIsAssumed(string name)
    {
        var filled = Fill(name).Alone();
        var result = Generate(filled);

        Assert.True(result.IsExact, string.Join('\n', result.Deviations));
        Assert.Empty(result.Deviations);
        Assert.All(filled.Marked(result.Policies).Where(policy => !policy.PodSelector.IsEverything), policy => Assert.Contains("Placeholder", policy.Comments[^1], StringComparison.Ordinal));
        Assert.Contains("Assumed", result.Policies.Single(policy => policy.Name == "allow-dns").Comments[1], StringComparison.Ordinal);
    }

    [Fact]
    public void From_Cluster_FindsWorkloadsByNameLabelAndPort()
    {
        var result = Generate(Fill("rag").From(Read(Platform)));

        Assert.True(result.IsExact, string.Join('\n', result.Deviations));
        Assert.Equal(["default-deny", "allow-dns", "frontend", "qdrant-0", "rag-backend"], result.Policies.Select(policy => policy.Name));
        Assert.Equal(9000, result.Policies.Single(policy => policy.Name == "rag-backend").Ingress[0].Ports[0].First);
    }

    [Fact]
    public void From_Cluster_ReadsImagesAndGivesNobodyTwoParts()
    {
        var cluster = Pod("store", "app: store", "{containerPort: 1234}").Replace("image: i", "image: docker.io/qdrant/qdrant:v1.9", StringComparison.Ordinal)
            + Pod("client", "app: client") + Pod("rag", "app: rag", "{containerPort: 8000}");
        var result = Generate(Fill("vector-db").From(Read(cluster)));

        Assert.Equal(["default-deny", "allow-dns", "client", "store"], result.Policies.Select(policy => policy.Name));
        Assert.Equal(1234, result.Policies.Single(policy => policy.Name == "store").Ingress[0].Ports[0].First);
    }

    [Fact]
    public void From_ClusterWithoutThePart_AsksForIt()
    {
        var problem = Assert.Throws<InputException>(() => Fill("vector-db").From(Read(Platform)));

        Assert.Contains("clients", problem.Message, StringComparison.Ordinal);
        Assert.Contains("--set clients=NAME", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Set_UnknownPart_IsRefused() =>
        Assert.Contains("no 'vectordb'", Assert.Throws<InputException>(() => Fill("rag", ("vectordb", "x")).Alone()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("10.0.0.1", false)]
    [InlineData("172.16.9.9", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("8.8.8.8", true)]
    public void AgentSandbox_WideNetwork_LeavesTheInsideOut(string address, bool isOpen)
    {
        var filled = Fill("agent-sandbox", ("allow", "0.0.0.0/0:443")).Alone();
        var reach = Reachability.Compile(Snapshot.Create(filled.Snapshot.Objects with { NetworkPolicies = [.. Generate(filled).Policies.Select(policy => policy.ToPolicy())] }));

        Assert.Equal(isOpen, reach.IsAllowed(0, Address.Parse(address), 443));
        Assert.False(reach.IsAllowed(0, Address.Parse(address), 80));
    }

    [Fact]
    public void AgentSandbox_PrivateNetworkByName_IsMeant()
    {
        var filled = Fill("agent-sandbox", ("allow", "10.20.0.0/16:443")).Alone();

        Assert.Equal("10.20.0.0/16", Generate(filled).Policies.Single(policy => policy.Name == "agent").Egress[0].Peers[0].Peer.IpBlock!.ToString());
    }

    private static TemplateReader Fill(string name, params (string Part, string Value)[] settings) =>
        new(Template.All.Single(template => template.Name == name), settings.ToDictionary(item => item.Part, item => item.Value), "app");

    private static GeneratedPolicies Generate(FilledTemplate filled) =>
        PolicyGenerator.Generate(filled.Snapshot, filled.Flows.Items, new GenerationOptions { Isolate = filled.Isolate });
}

file static class Reaching
{
    public static bool IsAllowed(this Reachability reach, int pod, Address address, int port) =>
        reach.Between(Party.OfPod(pod), Party.OfAddress(address)).Certain.Contains(Protocol.Tcp, port);
}
