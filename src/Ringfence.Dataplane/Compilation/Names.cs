using System.Security.Cryptography;
using System.Text;

namespace Ringfence.Dataplane.Compilation;

/// <summary>Names of kernel objects, made from what they mean: the same meaning has the same name on every node and after every restart.</summary>
internal static class Names
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>A name of 16 letters and digits: 80 bits of a digest, so that nobody finds a second meaning for somebody else's name.</summary>
    public static string Of(string meaning)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(meaning), digest);
        return string.Create(16, digest[..10].ToArray(), (name, bytes) =>
        {
            for (var i = 0; i < name.Length; i++)
            {
                var bit = i * 5;
                var pair = (bytes[bit >> 3] << 8) | ((bit >> 3) + 1 < bytes.Length ? bytes[(bit >> 3) + 1] : 0);
                name[i] = Alphabet[(pair >> (11 - (bit & 7))) & 31];
            }
        });
    }
}
