using Ringfence.Model;

namespace Ringfence.Kubernetes.Client;

/// <summary>How a feed follows a cluster.</summary>
public sealed record FeedOptions
{
    /// <summary>The first wait after a failure; it doubles with each that follows, and each wait is random, up to it.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When a watch ends and is begun anew where it left off; the true time is random, up to twice that, so that not all clients come at once.</summary>
    public TimeSpan WatchDuration { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a watch may be silent, bookmarks included, before it is taken for dead and begun anew where it left off. Servers send a bookmark every minute
    /// or so; a connection of HTTP/2 that is dead is seen earlier.
    /// </summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>When a kind that the cluster does not serve is asked for again.</summary>
    public TimeSpan Recheck { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether to ask for a watch that begins with all objects, which is easier on the server than lists; lists are read where it does not offer that.</summary>
    public bool Streams { get; init; } = true;

    /// <summary>
    /// Makes of an object that was read what the sink gets, of the same kind and name; on any thread. What is left out of a hundred thousand pods while they
    /// are read never takes memory all at once.
    /// </summary>
    public Func<KubernetesObject, KubernetesObject>? Reduce { get; init; }

    /// <summary>Told what happens; on any thread.</summary>
    public Action<FeedNote>? Tell { get; init; }

    /// <summary>Chance, for waits.</summary>
    public Random Random { get; init; } = Random.Shared;
}

/// <summary>What happens to a feed.</summary>
public enum FeedEvent
{
    /// <summary>All objects of a kind were given to the sink.</summary>
    Synced,

    /// <summary>The server cannot be asked, or refuses; it is asked again.</summary>
    Failed,

    /// <summary>It answers again.</summary>
    Recovered,

    /// <summary>What happened in between is not to be had any more: all objects are read anew.</summary>
    Expired,

    /// <summary>The cluster does not serve the kind.</summary>
    NotServed,
}

/// <summary>What happens to a feed.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Event">What.</param>
/// <param name="Message">For people.</param>
/// <param name="Count">How many objects there are, where all were given.</param>
public readonly record struct FeedNote(string Kind, FeedEvent Event, string Message, int Count = 0);

/// <summary>How a kind of a feed stands.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="IsSynced">Whether all its objects were given to the sink once.</param>
/// <param name="LastHeard">When the server last said something about it; null where it never did.</param>
/// <param name="Problem">Why it cannot be followed just now; null where it can.</param>
public sealed record FeedState(string Kind, bool IsSynced, DateTimeOffset? LastHeard, string? Problem);
