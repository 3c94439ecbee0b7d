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
    public static TheoryData<string, string> Damages() => new()
    {
        { "", "nothing" },
        { $"delete element {Table} known4 {{ 10.244.0.3 }}", "1 element added" },
        { $"add element {Table} known6 {{ fd00:244::9 }}", "1 element removed" },
        { $"delete element {Table} in4 {{ 10.244.0.3 : jump in_A }}", "1 element added" },
        { $"delete element {Table} in4 {{ 10.244.0.3 : jump in_A }}; add element {Table} in4 {{ 10.244.0.3 : accept }}", "1 element added, 1 element removed" },
        { $"delete element {Table} ends4 {{ 10.0.0.1-10.0.1.255 }}; add element {Table} ends4 {{ 10.0.0.1-10.0.2.255 }}", "1 element added, 1 element removed" },
        { $"add rule {Table} in_A accept", "1 chain rewritten" },
        { $"insert rule {Table} forward ip6 saddr 2001:db8::7 tcp dport {{ 5, 7 }} accept", "1 chain rewritten" },
        { $"flush chain {Table} denied", "1 chain rewritten" },
        { $"delete chain {Table} nothing", "1 chain added" },
        { $"add chain {Table} stranger {{ drop; }}; add rule {Table} in_A jump stranger", "1 chain rewritten, 1 chain removed" },
        { $"add chain {Table} input {{ type filter hook input priority 5; drop; }}", "1 chain removed" },
        { $"add set {Table} strange {{ type ether_addr; }}; add rule {Table} in_A ether saddr @strange accept", "1 set removed, 1 chain rewritten" },
        { $"add counter {Table} strange", "1 counter removed" },
        { $"delete counter {Table} d_unused", "1 counter added" },
        { $"flush set {Table} veth", "2 elements added" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Apply_TableFoundDamaged_OnlyTheDamageIsMended(string damage, string expected)
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using (var before = NodeTable.Open(network)) before.Apply(EveryPart.Rules);
        NftProgram.Succeed(network, damage);
        using var table = NodeTable.Open(network);

        var change = table.Apply(EveryPart.Rules);

        Assert.Equal(expected, change.ToString());
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
