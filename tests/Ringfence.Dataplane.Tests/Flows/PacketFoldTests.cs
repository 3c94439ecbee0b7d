using System.Threading.Channels;
using Ringfence.Dataplane.Flows;
using Ringfence.Dataplane.Tests.Plumbing;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Dataplane.Tests.Flows;

public class PacketFoldTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fold_Repeats_TellsTheFirstAtOnceAndTheRestAtTheEnd()
    {
        var clock = new ManualClock();
        var channel = Channel.CreateUnbounded<LoggedPacket>();
        await using var folded = channel.Reader.ReadAllAsync(Stop).FoldAsync(Window, clock, Stop).GetAsyncEnumerator(Stop);
        for (var port = 1; port <= 5; port++) channel.Writer.TryWrite(Packet((ushort)port, 80));

        Assert.Equal((1, 1), await Next(folded));
        var repeats = Next(folded);
        clock.Advance(Window - TimeSpan.FromTicks(1));
        Assert.False(repeats.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal((5, 4), await repeats.WaitAsync(TimeSpan.FromMinutes(1), Stop));
        channel.Writer.TryWrite(Packet(6, 80));
        Assert.Equal((6, 1), await Next(folded));
        channel.Writer.Complete();
        Assert.False(await folded.MoveNextAsync());
    }

    [Fact]
    public async Task Fold_OtherFlows_AreApart()
    {
        var packets = new[]
        {
            Packet(1, 80), Packet(2, 81), Packet(3, 80), Packet(4, 80) with { Prefix = new LogPrefix(LoggedVerdict.EgressDenied, "a", 0) }, Packet(5, 81),
        }.ToAsyncEnumerable();

        var folded = await packets.FoldAsync(Window, new ManualClock(), Stop).Select(packet => ((int)packet.Header.SourcePort, packet.Count)).ToListAsync(Stop);

        Assert.Equal([(1, 1), (2, 1), (4, 1), (3, 1), (5, 1)], folded);
    }

    [Fact]
    public async Task Fold_LeftEarly_EndsItsSource()
    {
        var channel = Channel.CreateUnbounded<LoggedPacket>();
        channel.Writer.TryWrite(Packet(1, 80));

        await foreach (var packet in channel.Reader.ReadAllAsync(Stop).FoldAsync(Window, new ManualClock(), Stop))
        {
            Assert.Equal(1, packet.Count);
            break;
        }

        Assert.False(channel.Reader.Completion.IsCompleted);
    }

    private static async Task<(int Port, int Count)> Next(IAsyncEnumerator<LoggedPacket> packets)
    {
        Assert.True(await packets.MoveNextAsync());
        return (packets.Current.Header.SourcePort, packets.Current.Count);
    }

    private static LoggedPacket Packet(ushort sourcePort, ushort port) => new(
        DateTimeOffset.UnixEpoch,
        new LogPrefix(LoggedVerdict.IngressDenied, "a", 0),
        new PacketHeader(Address.Parse("10.1.1.2"), Address.Parse("10.1.2.2"), 6) { SourcePort = sourcePort, DestinationPort = port });
}
