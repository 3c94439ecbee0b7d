namespace Ringfence.Lab;

/// <summary>A lab cannot do what is asked. The message says why, the hints what to do.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="inner">What showed it; null where nothing else is known.</param>
/// <param name="hints">What to do, a line each.</param>
public sealed class LabException(string message, Exception? inner, params string[] hints) : Exception(message, inner)
{
    /// <summary>A lab cannot do what is asked.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="hints">What to do, a line each.</param>
    public LabException(string message, params string[] hints)
        : this(message, null, hints)
    {
    }

    /// <summary>What to do, a line each.</summary>
    public IReadOnlyList<string> Hints { get; } = hints;
}
