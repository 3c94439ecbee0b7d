namespace Ringfence.Kubernetes.Client;

/// <summary>
/// A cluster cannot be used as it is configured: the kubeconfig is wrong, a credential is not to be had, or the server cannot be reached or trusted. The
/// message says what is wrong and where, the hints what to do. Holds no secrets.
/// </summary>
public sealed class ClusterException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="hints">What to do, a line each.</param>
    public ClusterException(string message, params IReadOnlyList<string> hints)
        : base(message) => Hints = hints;

    /// <summary>Makes one that another exception caused.</summary>
    public ClusterException(string message, Exception cause, params IReadOnlyList<string> hints)
        : base(message, cause) => Hints = hints;

    /// <summary>What to do, a line each.</summary>
    public IReadOnlyList<string> Hints { get; }
}
