namespace Ringfence.Analysis;

/// <summary>Numbers with their words.</summary>
public static class Counted
{
    /// <summary>The number with the word in the right form.</summary>
    public static string Of(long number, string word, string? plural = null) =>
        number == 1 ? $"1 {word}" : $"{number} {plural ?? word + "s"}";
}
