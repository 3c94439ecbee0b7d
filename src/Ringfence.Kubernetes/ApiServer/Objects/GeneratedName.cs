using System.Security.Cryptography;

namespace Ringfence.Kubernetes.ApiServer.Objects;

/// <summary>Names that are made of <c>metadata.generateName</c>.</summary>
internal static class GeneratedName
{
    // Without vowels and what looks like them, so that no words come out.
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";
    private const int Length = 5;
    private const int Longest = 63;

    /// <summary>A name that begins so.</summary>
    public static string Make(string start) => string.Concat(start.AsSpan(0, Math.Min(start.Length, Longest - Length)), RandomNumberGenerator.GetString(Letters, Length));
}
