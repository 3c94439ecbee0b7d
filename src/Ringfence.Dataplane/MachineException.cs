namespace Ringfence.Dataplane;

/// <summary>The machine lacks something: root, a kernel feature, a program. The command line says so and exits with 3.</summary>
/// <param name="message">What is missing.</param>
/// <param name="remedy">What to do about it: a command or a sentence; null where there is no remedy.</param>
/// <param name="inner">What showed it.</param>
public sealed class MachineException(string message, string? remedy = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What to do about it.</summary>
    public string? Remedy { get; } = remedy;
}
