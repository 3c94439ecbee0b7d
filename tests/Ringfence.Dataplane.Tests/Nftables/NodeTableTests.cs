using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Nftables;
using Ringfence.Dataplane.Rules;
using Xunit;

namespace Ringfence.Dataplane.Tests.Nftables;

public class NodeTableTests
{
    [Fact]
    public void Apply_EveryPart_ListsAsTheScriptDoes()
    {
        NftProgram.NeedsRoot();
        using var byScript = NetworkNamespace.Create();
        using var byNetlink = NetworkNamespace.Create();
        NftProgram.Succeed(byScript, NodeRulesText.Write(EveryPart.Rules));
        using var table = NodeTable.Open(byNetlink);

        table.Apply(EveryPart.Rules);

        Assert.Equal(NftProgram.List(byScript), NftProgram.List(byNetlink));
    }

    [Fact]
    public void Read_AfterApply_IsWhatWasApplied()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using var table = NodeTable.Open(network);

        table.Apply(EveryPart.Rules);

        SameRules(EveryPart.Rules, table.Read());
        Assert.Empty(table.Verify().Differences);
    }

    [Fact]
    public void Read_LoadedByScript_IsWhatWasWritten()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        NftProgram.Succeed(network, NodeRulesText.Write(EveryPart.Rules));
        using var table = NodeTable.Open(network, new NodeTableOptions { Own = false });

        SameRules(EveryPart.Rules, table.Read(EveryPart.Rules));
        Assert.True(table.Apply(EveryPart.Rules).IsEmpty);
    }

    internal static void SameRules(NodeRules expected, NodeRules actual)
    {
        Assert.Equal(NodeRulesText.Write(expected), NodeRulesText.Write(actual));
        Assert.Equal(expected.Sets.Values, actual.Sets.Values);
        Assert.Equal(expected.Chains.Values, actual.Chains.Values);
        Assert.Equal(expected.Counters, actual.Counters);
    }
}
