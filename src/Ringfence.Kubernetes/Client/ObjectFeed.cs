using System.Collections.Immutable;

namespace Ringfence.Kubernetes.Client;

/// <summary>
/// Follows the objects of a cluster: gives all of each kind to a sink, then every change, as long as it runs. Where the server is gone for a while, the sink
/// keeps what it has and gets what it missed; each kind goes on for itself.
/// </summary>
public sealed class ObjectFeed
{
    private readonly ImmutableArray<KindFeed> _kinds;

    /// <summary>Makes a feed; nothing is asked yet.</summary>
    /// <param name="client">Whom to ask; stays the caller's.</param>
    /// <param name="kinds">What to follow.</param>
    /// <param name="sink">Gets the objects.</param>
    /// <param name="options">How.</param>
    public ObjectFeed(ApiClient client, IEnumerable<FeedKind> kinds, IObjectSink sink, FeedOptions? options = null)
    {
        _kinds = [.. kinds.Select(kind => new KindFeed(client, kind, sink, options ?? new FeedOptions()))];
        Synced = Task.WhenAll(_kinds.Select(kind => kind.Synced));
    }

    /// <summary>Ends when all objects of all kinds were given to the sink once.</summary>
    public Task Synced { get; }

    /// <summary>How each kind stands.</summary>
    public ImmutableArray<FeedState> States => [.. _kinds.Select(kind => kind.State)];

    /// <summary>Follows until cancelled, whatever becomes of the server.</summary>
    /// <exception cref="Exception">What the sink threw.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = _kinds.Select(kind => Task.Run(() => kind.RunAsync(stop.Token), CancellationToken.None)).ToList();
        var all = Task.WhenAll(running);
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            if (ended.IsFaulted) await stop.CancelAsync();
        }

        await all;
    }
}
