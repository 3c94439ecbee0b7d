using System.Diagnostics.CodeAnalysis;

namespace Ringfence.Engine.Tests.Properties;

/// <summary>The engine and the oracle disagree.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Made in one place, always with its message.")]
internal sealed class DifferenceException(string message) : Exception(message);

internal static class Agree
{
    public static void On<T>(T expected, T actual, Func<string> question)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new DifferenceException($"{question()}: expected {expected}, the engine has {actual}");
    }

    public static void OnAll<T>(IEnumerable<T> expected, IEnumerable<T> actual, Func<string> question) =>
        On(string.Join(", ", expected), string.Join(", ", actual), question);
}
