using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ringfence.Lab.Planning;

/// <summary>Short names that are the same from run to run.</summary>
internal static class NameHash
{
    // The letters that Kubernetes makes names of: none that form words.
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>So many letters that depend on a text alone.</summary>
    public static string Of(string text, int length) => string.Create(length, Number(text), (span, number) =>
    {
        foreach (ref var letter in span)
        {
            letter = Letters[(int)(number % (ulong)Letters.Length)];
            number /= (ulong)Letters.Length;
        }
    });

    private static ulong Number(string text) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
