using System.Net;
using System.Net.Sockets;

namespace Ringfence.Lab.Sockets;

/// <summary>Linux's options of sockets that the base library has no names for.</summary>
/// <remarks>ip(7), ipv6(7).</remarks>
internal static class SocketOptions
{
    private const int IpProtocol = 0;
    private const int Ipv6Protocol = 41;
    private const int IpRecvErr = 11;
    private const int IpFreeBind = 15;
    private const int Ipv6RecvErr = 25;
    private const int Ipv6FreeBind = 78;

    /// <summary>Binds to an address whether or not it is there already.</summary>
    public static void BindFreely(Socket socket, IPEndPoint endpoint)
    {
        if (endpoint.AddressFamily == AddressFamily.InterNetwork) Set(socket, IpProtocol, IpFreeBind);
        else Set(socket, Ipv6Protocol, Ipv6FreeBind);
        socket.Bind(endpoint);
    }

    /// <summary>Makes the socket report every ICMP error; a connected UDP socket otherwise hears of closed ports alone.</summary>
    public static void ReportIcmpErrors(Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.InterNetwork) Set(socket, IpProtocol, IpRecvErr);
        else Set(socket, Ipv6Protocol, Ipv6RecvErr);
    }

    private static void Set(Socket socket, int level, int option)
    {
        ReadOnlySpan<byte> on = [1, 0, 0, 0];
        socket.SetRawSocketOption(level, option, on);
    }
}
