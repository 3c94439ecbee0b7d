using System.Buffers.Binary;
using System.Text;
using Ringfence.Dataplane.Rules;
using Ringfence.Model;

namespace Ringfence.Dataplane.Compilation;

/// <summary>Keys of set elements, from what they mean.</summary>
internal static class Keys
{
    private const int InterfaceLength = 16;

    public static ElementKey Of(Address address)
    {
        Span<byte> key = stackalloc byte[16];
        return new(key[..Put(address, key)]);
    }

    public static ElementKey OfPair(Address address)
    {
        Span<byte> key = stackalloc byte[32];
        var length = Put(address, key);
        return new(key[..(length + Put(address, key[length..]))]);
    }

    public static ElementKey Of(Address address, Protocol protocol, int port)
    {
        Span<byte> key = stackalloc byte[24];
        key.Clear();
        var length = Put(address, key);
        key[length] = Number(protocol);
        BinaryPrimitives.WriteUInt16BigEndian(key[(length + 4)..], (ushort)port);
        return new(key[..(length + 8)]);
    }

    public static ElementKey Of(string name)
    {
        Span<byte> key = stackalloc byte[InterfaceLength];
        key.Clear();
        Encoding.ASCII.GetBytes(name, key);
        return new(key);
    }

    public static ElementKey Of(string name, Address address)
    {
        Span<byte> key = stackalloc byte[InterfaceLength + 16];
        key.Clear();
        Encoding.ASCII.GetBytes(name, key);
        return new(key[..(InterfaceLength + Put(address, key[InterfaceLength..]))]);
    }

    public static ElementKey OfPort(int port)
    {
        Span<byte> key = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(key, (ushort)port);
        return new(key);
    }

    /// <summary>The number of a protocol in IP headers.</summary>
    public static byte Number(Protocol protocol) => protocol switch
    {
        Protocol.Tcp => 6,
        Protocol.Udp => 17,
        _ => 132,
    };

    private static int Put(Address address, Span<byte> to)
    {
        if (address.Family == IpFamily.V4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(to, (uint)address.Value);
            return 4;
        }

        BinaryPrimitives.WriteUInt128BigEndian(to, address.Value);
        return 16;
    }
}
