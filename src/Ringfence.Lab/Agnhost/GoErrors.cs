using System.Net.Sockets;

namespace Ringfence.Lab.Agnhost;

/// <summary>The kernel's errors in Go's words.</summary>
internal static class GoErrors
{
    /// <summary>The words.</summary>
    public static string Text(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset => "connection reset by peer",
        SocketError.HostUnreachable => "no route to host",
        SocketError.NetworkUnreachable => "network is unreachable",
        SocketError.AccessDenied => "permission denied",
        SocketError.TimedOut => "connection timed out",
        SocketError.ProtocolOption => "protocol not available",
        _ => error.Message.ToLowerInvariant(),
    };
}
