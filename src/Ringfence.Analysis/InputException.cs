namespace Ringfence.Analysis;

/// <summary>What the user wrote cannot be understood, or names something that is not there. The message says what is wrong, the hints what to do.</summary>
public sealed class InputException(string message, params string[] hints) : Exception(message)
{
    /// <summary>What to do, a line each.</summary>
    public IReadOnlyList<string> Hints { get; } = hints;
}
