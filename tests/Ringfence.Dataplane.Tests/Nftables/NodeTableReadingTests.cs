using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Nftables;
using Ringfence.Dataplane.Rules;
using Xunit;
using static Ringfence.Dataplane.Tests.Nftables.Build;

namespace Ringfence.Dataplane.Tests.Nftables;

/// <summary>What is read of the table while it changes, or seems to.</summary>
public class NodeTableReadingTests
{
    private static readonly NodeTableOptions Shared = new() { Own = false };

    [Fact]
    public void Read_WhileAnotherChangesTheTable_IsAlwaysOneOfItsStates()
    {
        NftProgram.NeedsRoot();
        NodeRules[] states = [new RandomRules(5).Next(), EveryPart.Rules];

        // A commit that needs new chains has two steps: what is new is there before the rest changes.
        ReadWhileChanging(states, [.. states, Between(states[0], states[1]), Between(states[1], states[0])]);
    }

    // The kernel resizes a set some time after the commit that made it grow or shrink, and nothing tells when: sets that come in one datagram, and in several.
    [Theory]
    [InlineData(20, 4, 200)]
    [InlineData(1, 1000, 5000)]
    public void Read_WhileTheKernelResizesSets_IsAlwaysOneOfItsStates(int sets, int few, int many)
    {
        NftProgram.NeedsRoot();
        NodeRules[] states = [Sets(few), Sets(many)];

        ReadWhileChanging(states, states);

        NodeRules Sets(int count) => RulesOf(Enumerable.Range(0, sets).Select(i => Addresses($"known{i}", 0, count)), [Base()]);
    }

    // In the middle of a commit an interval that is replaced can be told as it was and as it will be; what begins twice at the first key has no key before its end.
    [Theory]
    [InlineData("9.255.255.255", "10.255.255.255")]
    [InlineData("9.255.255.255", "9.255.255.255")]
    public void InOrder_AnElementIsToldTwice_SaysThatTheListingWasInterrupted(string last, string otherLast)
    {
        const int interrupted = 4;

        Assert.Equal([Interval(last)], Told(last).InOrder());
        Assert.Equal(interrupted, Assert.Throws<NetlinkException>(() => Told(last, otherLast).InOrder()).NativeErrorCode);

        static SetElement Interval(string last) => new(Key("0.0.0.0"), Key(last), null);

        static SetElements Told(params string[] lasts)
        {
            var set = Intervals("a4", SetKind.Ipv4);
            var messages = new NetlinkMessages();
            var to = new TableWriter(new Transaction(messages));
            foreach (var last in lasts) to.AddElements(set, [Interval(last)]);
            var elements = new SetElements(set);
            foreach (var message in new NetlinkReader(messages.Bytes)) elements.Add(message);
            return elements;
        }
    }

    [Fact]
    public void Verify_WhileAnothersChangesAreRefused_FindsNoDifference()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using var table = NodeTable.Open(network, Shared);
        using var stranger = NetlinkSocket.Open(network, NetlinkFamily.Netfilter);
        table.Apply(RulesOf([Addresses("a4", 0, 6000)], [Base()]));
        var refused = Addresses("a4", 6000, 3000);
        var messages = new NetlinkMessages();

        While(
            () =>
            {
                var transaction = new Transaction(messages);
                var to = new TableWriter(transaction);
                to.AddElements(refused, refused.Elements);
                to.DeleteChain("missing");
                Assert.Throws<NetlinkException>(() => transaction.Commit(stranger));
            },
            () =>
            {
                for (var times = 0; times < 100; times++) Assert.Empty(table.Verify().Differences);
            });
    }

    [Fact]
    public void ReadCounters_WhileOthersChangeRules_ReadsAll()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        using var table = NodeTable.Open(network);
        using var others = NetlinkSocket.Open(network, NetlinkFamily.Netfilter);
        var counters = Enumerable.Range(0, 1000).Select(i => $"d_{i:0000}").ToList();
        table.Apply(RulesOf([], [Base()], counters));
        var messages = new NetlinkMessages();

        While(
            () =>
            {
                var transaction = new Transaction(messages);
                new TableWriter(transaction).TryTable(0);
                transaction.Commit(others);
                Thread.Sleep(1);
            },
            () =>
            {
                for (var times = 0; times < 200; times++) Assert.Equal(counters, table.ReadCounters().Keys);
            });
    }

    private static void ReadWhileChanging(NodeRules[] states, NodeRules[] seen)
    {
        using var network = NetworkNamespace.Create();
        using var writer = NodeTable.Open(network, Shared);
        using var reader = NodeTable.Open(network, Shared);
        writer.Apply(states[0]);
        var known = states[0] with { Chains = states[0].Chains.SetItems(states[1].Chains) };
        var at = 0;
        While(
            () =>
            {
                writer.Apply(states[at ^= 1]);
                Thread.Sleep(4);
            },
            () =>
            {
                for (var times = 0; times < 200; times++)
                {
                    var read = reader.Read(known);
                    if (!seen.Any(state => state.Sets.Values.SequenceEqual(read.Sets.Values))) Assert.Fail(Unlike(read, seen));
                }
            });
    }

    // Does one thing over and over on a thread of its own while another is done once.
    private static void While(Action again, Action once)
    {
        using var stop = new CancellationTokenSource();
        Exception? problem = null;
        var thread = new Thread(() =>
        {
            try
            {
                while (!stop.IsCancellationRequested) again();
            }
            catch (Exception thrown)
            {
                problem = thrown;
            }
        });
        thread.Start();
        try
        {
            once();
        }
        finally
        {
            stop.Cancel();
            thread.Join();
        }

        Assert.Null(problem);
    }

    private static NodeRules Between(NodeRules before, NodeRules after) =>
        before with { Sets = before.Sets.AddRange(after.Sets.Where(set => !before.Sets.ContainsKey(set.Key))) };

    private static KernelSet Addresses(string name, int first, int count) =>
        Set(name, SetKind.Ipv4, Enumerable.Range(first, count).Select(i => Key($"10.0.{i / 250}.{1 + (i % 250)}")));

    // Which sets are not as in the state that comes nearest, and how.
    private static string Unlike(NodeRules read, NodeRules[] seen) =>
        "What was read is none of the states:\n" + seen.Select(state => Differences(read, state).ToList()).MinBy(lines => lines.Count)!.Aggregate((all, line) => $"{all}\n{line}");

    private static IEnumerable<string> Differences(NodeRules read, NodeRules state)
    {
        foreach (var name in state.Sets.Keys.Except(read.Sets.Keys)) yield return $"{name} is missing";
        foreach (var name in read.Sets.Keys.Except(state.Sets.Keys)) yield return $"{name} should not be there";
        foreach (var (name, set) in read.Sets)
        {
            if (!state.Sets.TryGetValue(name, out var right) || set.Equals(right)) continue;
            var found = set.Elements.Distinct().ToList();
            yield return $"{name} has {set.Elements.Length} elements, should have {right.Elements.Length}"
                + List(", twice: ", set, set.Elements.CountBy(element => element).Where(count => count.Value > 1).Select(count => count.Key))
                + List(", missing: ", set, right.Elements.Except(found))
                + List(", too many: ", set, found.Except(right.Elements));
        }
    }

    private static string List(string what, KernelSet set, IEnumerable<SetElement> elements)
    {
        var texts = elements.Select(element => ElementText.Of(set.Kind, element)).ToList();
        return texts.Count == 0 ? "" : $"{what}{string.Join(", ", texts.Take(20))}{(texts.Count > 20 ? $" and {texts.Count - 20} more" : "")}";
    }
}
