namespace Ringfence.Lab.Daemon;

/// <summary>A lab cannot do what is asked. The message says why, the hints what to do.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="hints">What to do, a line each.</param>
public sealed class LabException(string message, params string[] hints) : Exception(message)
{
    /// <summary>What to do, a line each.</summary>
    public IReadOnlyList<string> Hints { get; } = hints;
}
