using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ringfence.Kubernetes.ApiServer.Streaming;

/// <summary>Turns a request into a WebSocket, with or without the server's middleware for that.</summary>
/// <remarks>RFC 6455, section 4.2.</remarks>
internal static class WebSocketUpgrade
{
    // RFC 6455, section 1.3.
    private const string Suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private const int KeyBytes = 16;

    // What is sent to a client that is gone comes back as an error, also where its input is waiting and nothing is read. It is not asked to answer: the answer
    // of a client whose command reads its input late would stand behind that input.
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(5);

    /// <summary>What a client asks to be upgraded to, in lower case; null where it does not.</summary>
    public static string? Wanted(HttpRequest request) => request.Headers.Upgrade is [{ Length: > 0 } protocol] ? protocol.ToLowerInvariant() : null;

    /// <summary>The subprotocols that a client offers, those that it likes best first.</summary>
    public static IEnumerable<string> Offered(HttpRequest request) =>
        request.Headers.SecWebSocketProtocol.SelectMany(header => (header ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Upgrades.</summary>
    /// <param name="context">The request.</param>
    /// <param name="subprotocol">The subprotocol to speak.</param>
    /// <exception cref="ApiException">It is no request for a WebSocket.</exception>
    public static async Task<WebSocket> AcceptAsync(HttpContext context, string subprotocol)
    {
        var headers = context.Request.Headers;
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade
            || headers.SecWebSocketVersion != "13"
            || headers.SecWebSocketKey is not [{ } key] || !IsKey(key))
            throw ContainerChoice.Refused("this is no request for a WebSocket (RFC 6455, version 13)");
        var response = context.Response.Headers;
        response.Connection = "Upgrade";
        response.Upgrade = "websocket";
#pragma warning disable CA5350 // The protocol prescribes it, and nothing depends on its strength.
        response.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Suffix)));
#pragma warning restore CA5350
        response.SecWebSocketProtocol = subprotocol;
        context.Response.StatusCode = StatusCodes.Status101SwitchingProtocols;
        var stream = await upgrade.UpgradeAsync().ConfigureAwait(false);
        return WebSocket.CreateFromStream(
            stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = subprotocol, KeepAliveInterval = Ping, KeepAliveTimeout = Timeout.InfiniteTimeSpan });
    }

    private static bool IsKey(string text)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes + 2];
        return text.Length <= 24 && Convert.TryFromBase64String(text, bytes, out var length) && length == KeyBytes;
    }
}
