using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ringfence.Bench.Packets;

/// <summary>UDP packets that one system call sends, and one receives. For one thread.</summary>
internal sealed unsafe class PacketBatch : IDisposable
{
    /// <summary>Packets in a batch.</summary>
    public const int Count = 64;

    /// <summary>The source port of packets before <see cref="BeginFlows"/>.</summary>
    public const int KnownPort = FirstPort - 1;

    // Of the UDP datagram with its header.
    private const int Length = 64;
    private const int FirstPort = 10_000;
    private const int LastPort = 60_000;

    private readonly byte* _data = (byte*)NativeMemory.AllocZeroed(Count, Length);
    private readonly Native.Vector* _vectors = (Native.Vector*)NativeMemory.AllocZeroed(Count, (nuint)sizeof(Native.Vector));
    private readonly Native.Message* _messages = (Native.Message*)NativeMemory.AllocZeroed(Count, (nuint)sizeof(Native.Message));
    private int _port = FirstPort;

    public PacketBatch(int destinationPort)
    {
        for (var i = 0; i < Count; i++)
        {
            _vectors[i] = new Native.Vector { Base = _data + (i * Length), Length = Length };
            _messages[i] = new Native.Message { Vectors = _vectors + i, VectorCount = 1 };
            var header = new Span<byte>(_vectors[i].Base, Length);
            BinaryPrimitives.WriteUInt16BigEndian(header, KnownPort);
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)destinationPort);
            BinaryPrimitives.WriteUInt16BigEndian(header[4..], Length);
        }
    }

    /// <summary>Gives every packet a source port that no packet had for the last 50,000.</summary>
    public void BeginFlows()
    {
        for (var i = 0; i < Count; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(_vectors[i].Base, Length), (ushort)_port);
            if (++_port == LastPort) _port = FirstPort;
        }
    }

    /// <summary>Sends the packets through a raw socket, which writes the IP header alone.</summary>
    public bool Send(Socket raw) => Native.sendmmsg((int)raw.Handle, _messages, Count, 0) == Count;

    /// <summary>Takes what has arrived at a socket; never waits.</summary>
    public static int Drain(Socket socket)
    {
        var data = stackalloc byte[Length];
        var vector = new Native.Vector { Base = data, Length = Length };
        var messages = stackalloc Native.Message[Count];
        for (var i = 0; i < Count; i++) messages[i] = new Native.Message { Vectors = &vector, VectorCount = 1 };
        var arrived = 0;
        while (Native.recvmmsg((int)socket.Handle, messages, Count, Native.MSG_DONTWAIT, null) is > 0 and var count) arrived += count;
        return arrived;
    }

    public void Dispose()
    {
        NativeMemory.Free(_data);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_messages);
    }
}
