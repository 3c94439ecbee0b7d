namespace Ringfence.Kubernetes.Client;

/// <summary>Waits after failures: longer after each, at random, so that clients that failed together do not come back together.</summary>
internal sealed class Backoff(FeedOptions options)
{
    private int _failures;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        var most = Math.Min(options.FirstWait.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, 30)), options.LongestWait.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(most * (0.5 + (options.Random.NextDouble() / 2)));
    }

    /// <summary>Something went well.</summary>
    public void Reset() => _failures = 0;
}
