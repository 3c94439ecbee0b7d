using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Nftables;
using Ringfence.Dataplane.Rules;
using Xunit;

namespace Ringfence.Dataplane.Tests.Nftables;

/// <summary>A process ends and another goes on; what happened between is found and mended.</summary>
public class NodeTableAdoptionTests
{
    private const string Table = NftProgram.Table;

    /// <summary>What somebody did meanwhile, and what the next process has to change for it.</summary>
    public static TheoryData<string, TableChange> Damages() => new()
    {
        { "", TableChange.None },
        { $"delete element {Table} known4 {{ 10.244.0.3 }}", new TableChange { ElementsAdded = 1 } },
        { $"add element {Table} known6 {{ fd00:244::9 }}", new TableChange { ElementsRemoved = 1 } },
        { $"delete element {Table} in4 {{ 10.244.0.3 : jump in_A }}", new TableChange { ElementsAdded = 1 } },
        { $"delete element {Table} in4 {{ 10.244.0.3 : jump in_A }}; add element {Table} in4 {{ 10.244.0.3 : accept }}", new TableChange { ElementsAdded = 1, ElementsRemoved = 1 } },
        { $"delete element {Table} ends4 {{ 10.0.0.1-10.0.1.255 }}; add element {Table} ends4 {{ 10.0.0.1-10.0.2.255 }}", new TableChange { ElementsAdded = 1, ElementsRemoved = 1 } },
        { $"add rule {Table} in_A accept", new TableChange { ChainsRewritten = 1 } },
        { $"insert rule {Table} forward ip6 saddr 2001:db8::7 tcp dport {{ 5, 7 }} accept", new TableChange { ChainsRewritten = 1 } },
        { $"flush chain {Table} denied", new TableChange { ChainsRewritten = 1 } },
        { $"delete chain {Table} nothing", new TableChange { ChainsAdded = 1 } },
        { $"add chain {Table} stranger {{ drop; }}; add rule {Table} in_A jump stranger", new TableChange { ChainsRewritten = 1, ChainsRemoved = 1 } },
        { $"add chain {Table} input {{ type filter hook input priority 5; drop; }}", new TableChange { ChainsRemoved = 1 } },
        { $"add set {Table} strange {{ type ether_addr; }}; add rule {Table} in_A ether saddr @strange accept", new TableChange { ChainsRewritten = 1, SetsRemoved = 1 } },
        { $"add counter {Table} strange", new TableChange { CountersRemoved = 1 } },
        { $"delete counter {Table} d_unused", new TableChange { CountersAdded = 1 } },
        { $"flush set {Table} veth", new TableChange { ElementsAdded = 2 } },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Apply_TableFoundDamaged_OnlyTheDamageIsMended(string damage, TableChange expected)
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using (var before = NodeTable.Open(network)) before.Apply(EveryPart.Rules);
        NftProgram.Succeed(network, damage);
        using var table = NodeTable.Open(network);

        var change = table.Apply(EveryPart.Rules);

        Assert.Equal(expected, change with { Bytes = 0, Time = TimeSpan.Zero, Drift = expected.Drift });
        NodeTableTests.SameRules(EveryPart.Rules, table.Read());
        Assert.Equal(Fresh(), NftProgram.List(network));
    }

    public static TheoryData<string> Upheavals() =>
    [
        $"delete table {Table}",
        "flush ruleset",
        $"delete table {Table}; add table {Table}",
        $"chain {Table} forward {{ policy drop; }}",
        $"delete chain {Table} nothing; add chain {Table} nothing {{ type filter hook forward priority 7; }}",
        $"flush chain {Table} eg_B; delete set {Table} empty4; add set {Table} empty4 {{ type ether_addr; }}",
        $"flush chain {Table} eg_B; delete set {Table} empty4; add set {Table} empty4 {{ type ipv4_addr; flags interval; }}",
    ];

    [Theory]
    [MemberData(nameof(Upheavals))]
    public void Apply_TableFoundInUpheaval_IsMadeWhole(string upheaval)
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using (var before = NodeTable.Open(network)) before.Apply(EveryPart.Rules);
        NftProgram.Succeed(network, upheaval);
        using var table = NodeTable.Open(network);

        table.Apply(EveryPart.Rules);

        NodeTableTests.SameRules(EveryPart.Rules, table.Read());
        Assert.Equal(Fresh(), NftProgram.List(network));
        Assert.True(table.IsOwned);
        Assert.Contains("Operation not permitted", NftProgram.Run(network, $"delete table {Table}").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_WhatIsProgrammed_StaysInForce()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using (var before = NodeTable.Open(network)) before.Apply(EveryPart.Rules);

        Assert.Equal(Fresh(), NftProgram.List(network));
    }

    [Fact]
    public void Apply_MadeWithoutOwner_IsMadeAnewWithOne()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        NftProgram.Succeed(network, NodeRulesText.Write(EveryPart.Rules));
        using var table = NodeTable.Open(network);
        Assert.False(table.IsOwned);
        Assert.Equal(Fresh(), NftProgram.List(network));

        var change = table.Apply(EveryPart.Rules);

        Assert.True(change.Rebuilt);
        Assert.True(table.IsOwned);
        Assert.Equal(Fresh(), NftProgram.List(network));
    }

    private static string Fresh()
    {
        using var network = NetworkNamespace.Create();
        NftProgram.Succeed(network, NodeRulesText.Write(EveryPart.Rules));
        return NftProgram.List(network);
    }
}
