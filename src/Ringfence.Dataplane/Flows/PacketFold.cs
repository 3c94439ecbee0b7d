using System.Runtime.CompilerServices;

namespace Ringfence.Dataplane.Flows;

/// <summary>Folds repeats: clients try again and again, each time from another port.</summary>
public static class PacketFold
{
    // Beyond so many flows at once repeats are told one by one: memory stays bounded.
    private const int MostFlows = 16384;

    /// <summary>
    /// The first packet of a flow is handed on at once; those like it (verdict, ruleset, ends, protocol and the destination's port) that follow within the
    /// window are counted, and told at its end as the last of them with <see cref="LoggedPacket.Count"/>. Counts add up to the number of packets.
    /// </summary>
    /// <param name="packets">Packets.</param>
    /// <param name="window">How long repeats are gathered.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async IAsyncEnumerable<LoggedPacket> FoldAsync(
        this IAsyncEnumerable<LoggedPacket> packets, TimeSpan window, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var open = new Dictionary<FlowKey, Repeats>();
        var order = new Queue<(FlowKey Key, long Begun)>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var reader = new Reader(packets.GetAsyncEnumerator(stop.Token), stop);
        while (true)
        {
            while (order.TryPeek(out var oldest) && clock.GetElapsedTime(oldest.Begun) >= window)
            {
                order.Dequeue();
                if (open.Remove(oldest.Key, out var repeats) && repeats.Last is { } last) yield return last with { Count = repeats.Count };
            }

            if (!reader.Next.IsCompleted && order.TryPeek(out var first))
            {
                var left = window - clock.GetElapsedTime(first.Begun);
                await Task.WhenAny(reader.Next, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock, cancellation));
                if (!reader.Next.IsCompleted) continue;
            }

            if (!await reader.Next) break;
            var packet = reader.Take();
            var key = FlowKey.Of(packet);
            if (open.TryGetValue(key, out var known))
            {
                open[key] = new Repeats(known.Count + packet.Count, packet);
                continue;
            }

            if (open.Count < MostFlows)
            {
                open[key] = default;
                order.Enqueue((key, clock.GetTimestamp()));
            }

            yield return packet;
        }

        foreach (var (key, _) in order)
            if (open[key] is { Last: { } last } repeats) yield return last with { Count = repeats.Count };
    }

    /// <summary>Reads one packet ahead; an enumerator must not be disposed while it does.</summary>
    private sealed class Reader(IAsyncEnumerator<LoggedPacket> packets, CancellationTokenSource stop) : IAsyncDisposable
    {
        public Task<bool> Next { get; private set; } = packets.MoveNextAsync().AsTask();

        public LoggedPacket Take()
        {
            var packet = packets.Current;
            Next = packets.MoveNextAsync().AsTask();
            return packet;
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await ((Task)Next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await packets.DisposeAsync();
        }
    }

    private readonly record struct Repeats(int Count, LoggedPacket? Last);

    private readonly record struct FlowKey(LoggedVerdict Verdict, string Ruleset, PacketHeader Header)
    {
        public static FlowKey Of(LoggedPacket packet) => new(packet.Prefix.Verdict, packet.Prefix.Ruleset, packet.Header with { SourcePort = 0 });
    }
}
