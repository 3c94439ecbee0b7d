using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Nftables;
using Ringfence.Dataplane.Rules;
using Ringfence.Dataplane.Tests.Compilation;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Generation;
using Xunit;

namespace Ringfence.Dataplane.Tests.Nftables;

/// <summary>What the compiler makes of random clusters goes into the kernel as it stands in the script.</summary>
public class CompiledRulesTests
{
    private const int Clusters = 25;

    [Fact]
    public void Apply_OneClusterAfterTheOther_KernelHasTheRulesOfTheLast()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using var table = NodeTable.Open(network);
        for (var seed = 0; seed < Clusters; seed++)
        {
            var cluster = RealisedCluster.Create(RandomCluster.CreateSmall(seed), new Dice(seed));
            var reachability = Reachability.Compile(Snapshot.Create(cluster.Objects));
            var rules = NodeCompiler.Compile(reachability, cluster.Scopes[seed % cluster.Scopes.Length], new RuleOptions { LogAllowed = seed % 2 == 0 }).Rules;

            table.Apply(rules);

            NodeTableTests.SameRules(rules, table.Read());
            using var fresh = NetworkNamespace.Create();
            NftProgram.Succeed(fresh, NodeRulesText.Write(rules));
            Assert.Equal(NftProgram.List(fresh), NftProgram.List(network));
        }
    }
}
