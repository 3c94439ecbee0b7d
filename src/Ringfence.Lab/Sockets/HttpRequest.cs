using System.Buffers;

namespace Ringfence.Lab.Sockets;

/// <summary>As much of HTTP/1 as tells a request from other traffic and finds its end.</summary>
internal static class HttpRequest
{
    private const int LongestMethod = 20;
    private static readonly SearchValues<byte> MethodLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ-"u8);

    /// <summary>Whether what came so far can be the start of a request: a method in capitals, then a space.</summary>
    public static bool MayBeHttp(ReadOnlySpan<byte> text)
    {
        var method = text.IndexOfAnyExcept(MethodLetters);
        return method < 0 ? text.Length <= LongestMethod : method is > 0 and <= LongestMethod && text[method] == ' ';
    }

    /// <summary>Whether the head of a request is complete.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> text) => text.IndexOf("\r\n\r\n"u8) >= 0 || text.IndexOf("\n\n"u8) >= 0;

    /// <summary>Whether this is a request whose first line says HTTP.</summary>
    public static bool IsHttp(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        return end > 0 && MayBeHttp(text) && text[..end].IndexOf(" HTTP/1."u8) > 0;
    }

    /// <summary>Whether the request asks for the head of the answer alone.</summary>
    public static bool WantsHeadOnly(ReadOnlySpan<byte> text) => text.StartsWith("HEAD "u8);
}
