using System.Collections.Concurrent;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Nftables;
using Ringfence.Dataplane.Rules;
using Xunit;
using static Ringfence.Dataplane.Tests.Nftables.Build;

namespace Ringfence.Dataplane.Tests.Nftables;

/// <summary>What others can do to the table, and how it is noticed.</summary>
public class NodeTableOwnershipTests
{
    private const string Table = NftProgram.Table;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("flush table " + Table)]
    [InlineData("delete table " + Table)]
    [InlineData("add element " + Table + " known4 { 10.9.9.9 }")]
    [InlineData("add rule " + Table + " forward accept")]
    public void Owned_ForeignChange_IsRefused(string script)
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using var table = NodeTable.Open(network);
        table.Apply(EveryPart.Rules);

        Assert.Contains("Operation not permitted", NftProgram.Run(network, script).Error, StringComparison.Ordinal);
        Assert.True(table.Verify().IsEmpty);
    }

    [Fact]
    public void Owned_ForeignFlushOfAllRules_PassesByTheTable()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using var table = NodeTable.Open(network);
        table.Apply(EveryPart.Rules);

        NftProgram.Run(network, "flush ruleset");

        Assert.True(table.Verify().IsEmpty);
    }

    [Fact]
    public void Open_TableOfAnotherProcess_NamesTheMachinesFault()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using var table = NodeTable.Open(network);

        var fault = Assert.Throws<MachineException>(() => NodeTable.Open(network));

        Assert.Contains("another process owns the table inet ringfence", fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.Remedy);
    }

    [Fact]
    public void Shared_ForeignChange_IsToldWithTheProcessAndMended()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using var told = new BlockingCollection<ForeignChange>();
        using var table = NodeTable.Open(network, new NodeTableOptions { Own = false, OnForeignChange = told.Add });
        table.Apply(EveryPart.Rules);

        // A table of others is no concern of ours: the first that is told is of the change behind it.
        NftProgram.Succeed(network, "add table inet others");
        NftProgram.Succeed(network, $"delete element {Table} known4 {{ 10.244.0.3 }}; add rule {Table} in_A accept");

        Assert.True(told.TryTake(out var change, Bound));
        Assert.Equal("nft", change.Process);
        Assert.True(change.ProcessId > 0);
        string[] expected =
        [
            "set known4 lacks 10.244.0.3",
            "chain in_A has a rule that was not programmed: [ immediate 1 ]",
        ];
        var drift = table.Verify();
        Assert.Equal(expected, drift.Differences);
        Assert.Equal(change, drift.By);
        Assert.Equal(expected, table.Repair().Differences);
        Assert.True(table.Verify().IsEmpty);
        Assert.Empty(told);
    }

    [Theory]
    [InlineData("add table " + Table + " { flags dormant; }", "the table inet ringfence is dormant: none of its rules is in force")]
    [InlineData("delete table " + Table, "the table inet ringfence is gone")]
    [InlineData("flush chain " + Table + " nothing; delete chain " + Table + " nothing", "chain nothing is missing")]
    [InlineData("chain " + Table + " forward { policy drop; }", "chain forward has a hook or policy that was not programmed")]
    [InlineData("delete counter " + Table + " d_unused", "counter d_unused is missing")]
    [InlineData("add set " + Table + " strange { type ether_addr; }", "set strange is of a kind that was not programmed")]
    [InlineData("add element " + Table + " eg6 { fd00::1 : jump eg_D }", "set eg6 has, though it was not programmed, fd00::1 : jump eg_D")]
    public void Shared_Repair_SaysWhatWasDifferentAndMendsIt(string script, string difference)
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using var table = NodeTable.Open(network, new NodeTableOptions { Own = false });
        table.Apply(EveryPart.Rules);
        var before = NftProgram.List(network);
        NftProgram.Succeed(network, script);

        Assert.Equal([difference], table.Verify().Differences);
        Assert.Equal([difference], table.Repair().Differences);
        Assert.True(table.Verify().IsEmpty);
        Assert.Equal(before, NftProgram.List(network));
    }

    [Fact]
    public void Shared_OwnChanges_AreNotTold()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using var told = new BlockingCollection<ForeignChange>();
        using var table = NodeTable.Open(network, new NodeTableOptions { Own = false, OnForeignChange = told.Add });

        table.Apply(EveryPart.Rules);
        table.Apply(NodeRules.Empty);
        NftProgram.Succeed(network, $"add chain {Table} c");

        Assert.True(told.TryTake(out var change, Bound));
        Assert.Equal("nft", change.Process);
        Assert.Empty(told);
    }

    [Fact]
    public void Shared_ForeignChangeBeforeApply_IsMendedWithItAndSaid()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using var told = new BlockingCollection<ForeignChange>();
        using var table = NodeTable.Open(network, new NodeTableOptions { Own = false, OnForeignChange = told.Add });
        table.Apply(EveryPart.Rules);
        NftProgram.Succeed(network, $"delete table {Table}");
        Assert.True(told.TryTake(out _, Bound));
        var wanted = EveryPart.Rules with { Sets = EveryPart.Rules.Sets.SetItem("known4", Set("known4", SetKind.Ipv4, Key("10.244.0.9"))) };

        var change = table.Apply(wanted);

        Assert.Equal(["the table inet ringfence is gone"], change.Drift.Differences);
        Assert.Equal("nft", change.Drift.By?.Process);
        NodeTableTests.SameRules(wanted, table.Read());
    }

    [Fact]
    public void Shared_ListenerThatBreaks_EndsNothing_AndChangesAreMendedAllTheSame()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using var told = new ManualResetEventSlim();
        using var table = NodeTable.Open(network, new NodeTableOptions
        {
            Own = false,
            OnForeignChange = _ =>
            {
                told.Set();
                throw new IOException("nobody reads what is told");
            },
        });
        table.Apply(EveryPart.Rules);
        NftProgram.Succeed(network, $"add rule {Table} in_A accept");
        Assert.True(told.Wait(Bound, TestContext.Current.CancellationToken));
        Assert.False(table.Apply(EveryPart.Rules).Drift.IsEmpty);

        NftProgram.Succeed(network, $"delete table {Table}");

        Assert.Equal(["the table inet ringfence is gone"], table.Apply(EveryPart.Rules).Drift.Differences);
        NodeTableTests.SameRules(EveryPart.Rules, table.Read());
    }

    [Fact]
    public void Open_KernelWithoutOwners_GoesOnWithoutAndSaysSo()
    {
        NftProgram.NeedsRoot();
        const uint unknownFlag = 0x4000;
        using var network = NetworkNamespace.Create();
        using var table = NodeTable.Open(network, new NodeTableOptions { OwnerFlags = unknownFlag });

        table.Apply(EveryPart.Rules);

        Assert.False(table.IsOwned);
        Assert.Contains("Linux 6.9", table.NotOwnedReason, StringComparison.Ordinal);
        Assert.True(table.Verify().IsEmpty);
        using var again = NodeTable.Open(network, new NodeTableOptions { OwnerFlags = unknownFlag });
        Assert.True(again.Apply(EveryPart.Rules).IsEmpty);
        Assert.False(again.IsOwned);
    }

    [Fact]
    public void Repair_WhileOthersChangeRules_MendsAgainstWhatIsThere()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using var table = NodeTable.Open(network, new NodeTableOptions { Own = false });
        using var stranger = NodeTable.Open(network, new NodeTableOptions { Own = false });
        using var noise = NetlinkSocket.Open(network, NetlinkFamily.Netfilter);
        table.Apply(EveryPart.Rules);
        using var stop = new CancellationTokenSource();
        var making = new Thread(() =>
        {
            // Every one is a new generation of the kernel's rules, which what was read is then not of.
            var messages = new NetlinkMessages();
            while (!stop.IsCancellationRequested)
            {
                var transaction = new Transaction(messages);
                new TableWriter(transaction).TryTable(0);
                transaction.Commit(noise);
                Thread.Sleep(3);
            }
        });
        making.Start();

        try
        {
            var random = new RandomRules(3);
            for (var times = 0; times < 20; times++)
            {
                stranger.Apply(random.Next());
                Assert.False(table.Repair().IsEmpty);
                Assert.True(table.Verify().IsEmpty);
            }
        }
        finally
        {
            stop.Cancel();
            making.Join();
        }
    }

    [Fact]
    public void Apply_KernelRefuses_NothingIsChangedAndTheObjectIsNamed()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using var table = NodeTable.Open(network);
        table.Apply(EveryPart.Rules);
        var before = NftProgram.List(network);
        var wrong = RulesOf(
            [Set("new4", SetKind.Ipv4, Key("10.0.0.1"))],
            [Base(Rule.Of(Accept)), Chain("broken", Rule.Of(Accept), Rule.Of(In("missing4", PacketField.Ipv4Source), Drop))]);

        var refusal = Assert.Throws<NetlinkException>(() => table.Apply(wrong));

        Assert.Contains("rule 2 of chain broken: ip saddr @missing4 drop", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, NftProgram.List(network));
        Assert.Equal(EveryPart.Rules, table.Programmed);
        var next = EveryPart.Rules with { Counters = EveryPart.Rules.Counters.Add("d_next") };
        Assert.Equal(1, table.Apply(next).CountersAdded);
        Assert.True(table.Verify().IsEmpty);
    }
}
