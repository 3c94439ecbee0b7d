using System.Globalization;

namespace Ringfence.Evidence;

/// <summary>Numbers with their words.</summary>
internal static class Counted
{
    /// <summary>The number with the word in the right form.</summary>
    public static string Of(long number, string word) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {word}{(number == 1 ? "" : "s")}");
}
