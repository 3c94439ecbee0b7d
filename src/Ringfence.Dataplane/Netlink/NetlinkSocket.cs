using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ringfence.Dataplane.Namespaces;

namespace Ringfence.Dataplane.Netlink;

/// <summary>The netlink families in use.</summary>
public enum NetlinkFamily
{
    /// <summary>Links, addresses, routes, neighbours.</summary>
    Route = 0,

    /// <summary>nftables, conntrack, packet logs.</summary>
    Netfilter = 12,
}

/// <summary>The kernel refused a netlink message.</summary>
/// <param name="error">The error number, positive.</param>
/// <param name="what">What was asked of it.</param>
/// <param name="detail">What the kernel said about it (extended acknowledgement); null where it said nothing.</param>
public sealed class NetlinkException(int error, string what, string? detail = null)
    : Win32Exception(error, $"cannot {what}: {Marshal.GetPInvokeErrorMessage(error)}{(detail is null ? "" : $" ({detail})")}");

/// <summary>A netlink socket in one network namespace. One thread at a time.</summary>
/// <remarks>netlink(7). Messages are written by <see cref="NetlinkMessages"/> and read by <see cref="NetlinkReader"/>.</remarks>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    private const int SendBuffer = 64 << 20;
    private const int ReceiveBuffer = 16 << 20;
    private const int InterruptedError = 4;

    private readonly SafeFileHandle _handle;

    // As much as the kernel puts into one datagram of a dump at most; it grows where an answer is longer.
    private byte[] _received = new byte[1 << 15];
    private int _disposed;

    private NetlinkSocket(SafeFileHandle handle) => _handle = handle;

    /// <summary>Opens a socket inside a namespace.</summary>
    /// <param name="network">The namespace.</param>
    /// <param name="family">The family.</param>
    /// <param name="groups">Multicast groups to join, by number.</param>
    public static NetlinkSocket Open(NetworkNamespace network, NetlinkFamily family, params ReadOnlySpan<int> groups)
    {
        var handle = network.Run(() => new SafeFileHandle(Check(Native.socket(Native.AF_NETLINK, Native.SOCK_RAW | Native.SOCK_CLOEXEC, (int)family), "open a netlink socket"), ownsHandle: true));
        var socket = new NetlinkSocket(handle);
        var address = stackalloc byte[12];
        new Span<byte>(address, 12).Clear();
        address[0] = Native.AF_NETLINK;
        Check(Native.bind(socket.File, address, 12), "bind a netlink socket");
        socket.Set(Native.SOL_SOCKET, Native.SO_SNDBUFFORCE, SendBuffer);
        socket.Set(Native.SOL_SOCKET, Native.SO_RCVBUFFORCE, ReceiveBuffer);
        socket.Set(Native.SOL_NETLINK, Native.NETLINK_EXT_ACK, 1);
        socket.Set(Native.SOL_NETLINK, Native.NETLINK_CAP_ACK, 1);
        foreach (var group in groups) socket.Join(group);
        return socket;
    }

    private int File => (int)_handle.DangerousGetHandle();

    /// <summary>The port by which the kernel knows the socket.</summary>
    public uint Port
    {
        get
        {
            var address = stackalloc byte[12];
            var length = 12;
            Check(Native.getsockname(File, address, &length), "ask for the port of a netlink socket");
            return BitConverter.ToUInt32(new ReadOnlySpan<byte>(address + 4, 4));
        }
    }

    /// <summary>Joins a multicast group.</summary>
    public void Join(int group) => Set(Native.SOL_NETLINK, Native.NETLINK_ADD_MEMBERSHIP, group);

    /// <summary>Has the kernel leave out what a port caused, so that it does not fill the buffer.</summary>
    public void IgnoreFrom(uint port)
    {
        // Load the header's port (its bytes as a number in network order); equal: nothing of the message, else all of it. See linux/filter.h.
        var program = stackalloc ulong[4];
        program[0] = Instruction(0x20, 0, 0, 12);
        program[1] = Instruction(0x15, 0, 1, BinaryPrimitives.ReverseEndianness(port));
        program[2] = Instruction(0x06, 0, 0, 0);
        program[3] = Instruction(0x06, 0, 0, uint.MaxValue);
        var filter = stackalloc ulong[2];
        filter[0] = 4;
        filter[1] = (ulong)program;
        Check(Native.setsockopt(File, Native.SOL_SOCKET, Native.SO_ATTACH_FILTER, filter, 16), "filter a netlink socket");

        static ulong Instruction(ushort code, byte ifTrue, byte ifFalse, uint value) => code | ((ulong)ifTrue << 16) | ((ulong)ifFalse << 24) | ((ulong)value << 32);
    }

    /// <summary>Sends all messages at once.</summary>
    public void Send(NetlinkMessages messages)
    {
        fixed (byte* data = messages.Bytes)
        {
            int sent;
            do sent = (int)Native.send(File, data, messages.Bytes.Length, 0);
            while (WasInterrupted(sent));
            if (Check(sent, "send to the kernel") != messages.Bytes.Length) throw new NetlinkException(90, "send to the kernel in one piece");
        }
    }

    /// <summary>Waits for the next datagram. Valid until the next call.</summary>
    /// <returns>The datagram; empty when the socket was shut down.</returns>
    public ReadOnlySpan<byte> Receive()
    {
        // Look first: a datagram that does not fit would be cut.
        var length = ReceiveInto(0, Native.MSG_PEEK | Native.MSG_TRUNC);
        if (length > _received.Length) _received = new byte[length * 2];
        return _received.AsSpan(0, ReceiveInto(_received.Length, 0));
    }

    /// <summary>Sends one request and waits for its acknowledgement.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Request(NetlinkMessages messages, string what)
    {
        Send(messages);
        while (true)
        {
            foreach (var message in new NetlinkReader(Receive()))
                if (message.IsError)
                {
                    if (message.Error != 0) throw new NetlinkException(message.Error, what, message.ErrorText);
                    return;
                }
        }
    }

    /// <summary>Sends one dump request and calls back for every message of the answer.</summary>
    /// <exception cref="NetlinkException">The kernel refused, or what it lists changed meanwhile (error 4, EINTR).</exception>
    public void Dump(NetlinkMessages request, string what, NetlinkCallback each)
    {
        Send(request);
        var interrupted = false;
        while (true)
        {
            foreach (var message in new NetlinkReader(Receive()))
            {
                // What is left of an earlier question is not the answer to this one.
                if (message.Sequence != request.Sequence) continue;
                interrupted |= message.IsInterrupted;
                if (message.IsError && message.Error != 0) throw new NetlinkException(message.Error, what, message.ErrorText);
                if (message.IsDone || message.IsError)
                {
                    if (interrupted) throw new NetlinkException(InterruptedError, what);
                    return;
                }

                each(message);
            }
        }
    }

    /// <summary>Bounds how long <see cref="Receive"/> waits; it then throws with error 11 (EAGAIN).</summary>
    public void SetReceiveTimeout(TimeSpan time)
    {
        var value = stackalloc long[2];
        value[0] = (long)time.TotalSeconds;
        value[1] = time.Ticks % TimeSpan.TicksPerSecond / 10;
        Check(Native.setsockopt(File, Native.SOL_SOCKET, Native.SO_RCVTIMEO, value, 16), "bound the time to wait");
    }

    /// <summary>Sets the size of the buffer in which messages wait to be received, in bytes.</summary>
    public void SetReceiveBuffer(int bytes) => Set(Native.SOL_SOCKET, Native.SO_RCVBUFFORCE, bytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _handle.Dispose();
    }

    private int ReceiveInto(int length, int flags)
    {
        int received;
        fixed (byte* data = _received)
        {
            do received = (int)Native.recv(File, data, length, flags);
            while (WasInterrupted(received));
        }

        return Check(received, "receive from the kernel");
    }

    // The runtime's own signals end a call early, where a time-out is set even those that say "restart".
    private static bool WasInterrupted(int result) => result < 0 && Marshal.GetLastPInvokeError() == InterruptedError;

    private void Set(int level, int option, int value)
    {
        // Kernels without an option go on without it.
        _ = Native.setsockopt(File, level, option, &value, sizeof(int));
    }

    private static int Check(int result, string what) =>
        result >= 0 ? result : throw new NetlinkException(Marshal.GetLastPInvokeError(), what);
}

/// <summary>Takes one message of a dump.</summary>
internal delegate void NetlinkCallback(NetlinkMessage message);
