using Ringfence.Engine.Tests.Generation;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Engine.Tests.Properties;

/// <summary>The algebra of connection sets against plain sets of (protocol, port).</summary>
public sealed class ConnectionSetTests
{
    // Ports where ranges meet, overlap and end.
    private static readonly int[] Edges = [1, 2, 3, 79, 80, 81, 82, 83, 1000, 65533, 65534, 65535];

    [Fact]
    public void Algebra_RandomSets_IsThatOfPlainSets()
    {
        var dice = new Dice(1);
        for (var i = 0; i < 1500; i++)
        {
            var (left, leftBits) = RandomSet(dice);
            var (right, rightBits) = RandomSet(dice);
            Check(left, leftBits);
            Check(left.Union(right), [.. leftBits.Union(rightBits)]);
            Check(left.Intersect(right), [.. leftBits.Intersect(rightBits)]);
            Check(left.Except(right), [.. leftBits.Except(rightBits)]);
            Assert.Equal(leftBits.IsSupersetOf(rightBits), left.Contains(right));
            Assert.Equal(leftBits.Overlaps(rightBits), left.Overlaps(right));
            Assert.Equal(leftBits.SetEquals(rightBits), left.Equals(right));
            if (left.Equals(right)) Assert.Equal(left.GetHashCode(), right.GetHashCode());
            Assert.Equal(leftBits.Count == 0, left.IsEmpty);
        }
    }

    [Fact]
    public void Union_InAnyOrder_IsEqual()
    {
        var dice = new Dice(2);
        for (var i = 0; i < 300; i++)
        {
            var sets = Dice.Times(4, () => RandomSet(dice).Set);
            var there = sets.Aggregate(ConnectionSet.None, (sum, set) => sum.Union(set));
            var back = Enumerable.Reverse(sets).Aggregate(ConnectionSet.None, (sum, set) => sum.Union(set));
            Assert.Equal(there, back);
            Assert.Equal(there.ToString(), back.ToString());
        }
    }

    [Fact]
    public void EveryPortOfThreeProtocols_IsNotAll_ButTheOtherProtocolsMakeItSo()
    {
        var ports = ConnectionSet.Of(Protocol.Tcp).Union(ConnectionSet.Of(Protocol.Udp)).Union(ConnectionSet.Of(Protocol.Sctp));
        Assert.False(ports.IsAll);
        Assert.Equal("TCP 1-65535; UDP 1-65535; SCTP 1-65535", ports.ToString());
        var others = ConnectionSet.All.Except(ports);
        Assert.Equal("other protocols", others.ToString());
        Assert.True(ports.Union(others).IsAll);
        Assert.Equal("All", ports.Union(others).ToString());
    }

    [Fact]
    public void Text_SeveralProtocols_ListsPortsAndRangesInOrder()
    {
        var set = ConnectionSet.Of(Protocol.Udp, 53)
            .Union(ConnectionSet.Of(Protocol.Tcp, 90, 95))
            .Union(ConnectionSet.Of(Protocol.Tcp, 80))
            .Union(ConnectionSet.Of(Protocol.Sctp, 7));
        Assert.Equal("TCP 80,90-95; UDP 53; SCTP 7", set.ToString());
        Assert.Equal("None", ConnectionSet.None.ToString());
        Assert.Equal("UDP 53; other protocols", set.Intersect(ConnectionSet.Of(Protocol.Udp)).Union(OtherProtocols).ToString());
    }

    [Fact]
    public void Union_TouchingAndOverlappingRanges_BecomeOne()
    {
        Assert.Equal("TCP 79-90", Tcp(79, 80).Union(Tcp(81, 85)).Union(Tcp(83, 90)).ToString());
        Assert.Equal("TCP 79,81", Tcp(79, 79).Union(Tcp(81, 81)).ToString());
        Assert.Equal(ConnectionSet.Of(Protocol.Tcp), Tcp(1, 40000).Union(Tcp(30000, 65535)));
    }

    private static ConnectionSet OtherProtocols => ConnectionSet.All
        .Except(ConnectionSet.Of(Protocol.Tcp)).Except(ConnectionSet.Of(Protocol.Udp)).Except(ConnectionSet.Of(Protocol.Sctp));

    private static ConnectionSet Tcp(int first, int last) => ConnectionSet.Of(Protocol.Tcp, first, last);

    // Port 0 of no protocol stands for the other protocols.
    private static (ConnectionSet Set, HashSet<(Protocol?, int)> Bits) RandomSet(Dice dice)
    {
        if (dice.Percent(5)) return (ConnectionSet.All, [(null, 0), .. from p in Vocabulary.Protocols from e in Probes select ((Protocol?)p, e)]);
        var (set, bits) = (ConnectionSet.None, new HashSet<(Protocol?, int)>());
        for (var count = dice.UpTo(4); count > 0; count--)
        {
            var protocol = dice.Pick<Protocol>(Vocabulary.Protocols);
            var (a, b) = (dice.Pick(Edges), dice.Pick(Edges));
            set = set.Union(ConnectionSet.Of(protocol, Math.Min(a, b), Math.Max(a, b)));
            bits.UnionWith(Probes.Where(probe => probe >= Math.Min(a, b) && probe <= Math.Max(a, b)).Select(probe => ((Protocol?)protocol, probe)));
        }

        if (!dice.Percent(20)) return (set, bits);
        bits.Add((null, 0));
        return (set.Union(OtherProtocols), bits);
    }

    // One port of every stretch between two edges beside the edges themselves: a set made of ranges between edges is known by these.
    private static readonly int[] Probes = [.. Edges.SelectMany(edge => new[] { edge - 1, edge, edge + 1 }).Where(port => port is >= 1 and <= 65535).Distinct()];

    private static void Check(ConnectionSet set, HashSet<(Protocol?, int)> bits)
    {
        Assert.Equal(bits.Contains((null, 0)), set.OtherProtocols);
        foreach (var protocol in Vocabulary.Protocols)
        {
            foreach (var port in Probes) Assert.Equal(bits.Contains((protocol, port)), set.Contains(protocol, port));
            var ranges = set.Ports(protocol);
            for (var i = 0; i < ranges.Length; i++)
            {
                Assert.True(ranges[i].First <= ranges[i].Last);
                if (i > 0) Assert.True(ranges[i - 1].Last + 1 < ranges[i].First, $"{set} has ranges that touch or overlap");
            }
        }
    }
}
