using System.Collections.Immutable;

namespace Ringfence.Agent.Health;

/// <summary>One thing that is well or not.</summary>
/// <param name="Name">What was looked at, in one word.</param>
/// <param name="Problem">What is wrong, or what is still waited for; null where it is well.</param>
/// <param name="Notes">What is well enough, and yet somebody should know.</param>
public sealed record HealthCheck(string Name, string? Problem, ImmutableArray<string> Notes);

/// <summary>How an agent is. Written by its loop, read by anybody.</summary>
/// <param name="time">The clock.</param>
public sealed class AgentHealth(TimeProvider time)
{
    /// <summary>A loop that has not come round for this long hangs.</summary>
    public static readonly TimeSpan LongestRound = TimeSpan.FromSeconds(30);

    private readonly long _start = time.GetTimestamp();
    private long _lastRound = time.GetTimestamp();
    private State _state = new("the API has not told of all objects yet", null, "nothing was committed yet", [], []);

    /// <summary>Whether the agent is at work.</summary>
    public HealthCheck Liveness
    {
        get
        {
            var silent = time.GetElapsedTime(Interlocked.Read(ref _lastRound));
            return new("loop", silent > LongestRound ? $"it has not come round for {silent.TotalSeconds:0} s" : null, []);
        }
    }

    /// <summary>Whether what the API says is in force on the node.</summary>
    public ImmutableArray<HealthCheck> Readiness
    {
        get
        {
            var state = Volatile.Read(ref _state);
            return
            [
                Liveness,
                new("synced", state.Awaiting, state.Api is null ? [] : [state.Api]),
                new("committed", state.Commit, []),
                new("objects", null, state.Unreadable),
                new("pods", null, state.Closed),
            ];
        }
    }

    /// <summary>How long it has been at work.</summary>
    public TimeSpan Uptime => time.GetElapsedTime(_start);

    internal void ComeRound() => Interlocked.Exchange(ref _lastRound, time.GetTimestamp());

    internal void Await(string? what) => Update(state => state with { Awaiting = what });

    internal void Commit(string? problem) => Update(state => state with { Commit = problem });

    internal void Tell(ImmutableArray<string> unreadable, ImmutableArray<string> closed) => Update(state => state with { Unreadable = unreadable, Closed = closed });

    internal void Api(string? problem) => Update(state => state with { Api = problem });

    // The loop and the API's threads both write.
    private void Update(Func<State, State> change)
    {
        State before;
        do before = Volatile.Read(ref _state);
        while (!ReferenceEquals(Interlocked.CompareExchange(ref _state, change(before), before), before));
    }

    private sealed record State(string? Awaiting, string? Api, string? Commit, ImmutableArray<string> Unreadable, ImmutableArray<string> Closed);
}
