using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ringfence.Lab.Sockets;

/// <summary>Raw sockets of SCTP's protocol number, which the base library refuses to open by itself.</summary>
internal static class SctpSocket
{
    /// <summary>Opens one in the namespace of the calling thread.</summary>
    /// <exception cref="SocketException">The kernel refuses.</exception>
    public static Socket Open(AddressFamily family)
    {
        var file = Native.socket(family == AddressFamily.InterNetwork ? Native.AF_INET : Native.AF_INET6, Native.SOCK_RAW | Native.SOCK_CLOEXEC, SctpPacket.ProtocolNumber);
        if (file < 0) throw new SocketException(Marshal.GetLastPInvokeError(), Marshal.GetLastPInvokeErrorMessage());
        return new Socket(new SafeSocketHandle(file, ownsHandle: true));
    }
}
