using System.Buffers.Binary;
using System.Text;

namespace Ringfence.Dataplane.Netlink;

/// <summary>Flags of a message header (<c>linux/netlink.h</c>).</summary>
[Flags]
internal enum NetlinkFlags : ushort
{
    None = 0,
    Request = 0x1,
    Acknowledge = 0x4,
    Dump = 0x300,
    Replace = 0x100,
    Exclusive = 0x200,
    Create = 0x400,
    Append = 0x800,
}

/// <summary>Writes netlink messages one behind the other into one buffer. Numbers of headers are in the host's order, as netlink has it.</summary>
internal sealed class NetlinkMessages
{
    private const ushort Nested = 0x8000;

    private byte[] _buffer = new byte[4096];
    private int _length;
    private int _message = -1;
    private uint _sequence;

    /// <summary>All messages so far.</summary>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            Finish();
            return _buffer.AsSpan(0, _length);
        }
    }

    /// <summary>The sequence number of the last message, from 1.</summary>
    public uint Sequence => _sequence;

    /// <summary>Bytes written so far, the message under work included.</summary>
    public int Length => _length;

    /// <summary>Forgets what was written and starts anew; sequence numbers go on.</summary>
    public void Clear() => (_length, _message) = (0, -1);

    /// <summary>Begins a message; its length is set when the next begins.</summary>
    public void Begin(ushort type, NetlinkFlags flags)
    {
        Finish();
        _message = _length;
        var header = Take(16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)flags);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], ++_sequence);
    }

    /// <summary>Begins a message of the netfilter family with its second header (<c>struct nfgenmsg</c>).</summary>
    /// <param name="subsystem">1 conntrack, 4 packet logs, 10 nftables; 0 for the marks of a batch.</param>
    /// <param name="message">The message's number in its subsystem.</param>
    /// <param name="flags">Flags; <see cref="NetlinkFlags.Request"/> goes without saying.</param>
    /// <param name="family">The address family.</param>
    /// <param name="resource">The resource id, in host order.</param>
    public void BeginNetfilter(int subsystem, int message, NetlinkFlags flags, byte family, ushort resource = 0)
    {
        Begin((ushort)((subsystem << 8) | message), flags | NetlinkFlags.Request);
        var header = Take(4);
        header[0] = family;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], resource);
    }

    /// <summary>Sets flags of the last message that was begun.</summary>
    public void AddFlags(NetlinkFlags flags)
    {
        var at = _buffer.AsSpan(_message + 6);
        BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(at) | (ushort)flags));
    }

    /// <summary>Bytes that are no attribute, such as a second header.</summary>
    public void Raw(ReadOnlySpan<byte> data) => data.CopyTo(Take(data.Length));

    /// <summary>An attribute.</summary>
    public void Attribute(int type, ReadOnlySpan<byte> data)
    {
        var space = Take(4 + data.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(space, (ushort)(4 + data.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(space[2..], (ushort)type);
        data.CopyTo(space[4..]);
    }

    /// <summary>A text attribute, with the zero that ends it.</summary>
    public void Text(int type, string text)
    {
        Span<byte> data = stackalloc byte[256];
        var length = Encoding.UTF8.GetBytes(text, data);
        data[length] = 0;
        Attribute(type, data[..(length + 1)]);
    }

    /// <summary>A number of 32 bits in network order, as netfilter has them.</summary>
    public void Big32(int type, uint value)
    {
        Span<byte> data = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(data, value);
        Attribute(type, data);
    }

    /// <summary>A number of 64 bits in network order.</summary>
    public void Big64(int type, ulong value)
    {
        Span<byte> data = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(data, value);
        Attribute(type, data);
    }

    /// <summary>A number of 16 bits in network order.</summary>
    public void Big16(int type, ushort value)
    {
        Span<byte> data = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(data, value);
        Attribute(type, data);
    }

    /// <summary>A number of 32 bits in the host's order, as the route family has them.</summary>
    public void Host32(int type, uint value)
    {
        Span<byte> data = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(data, value);
        Attribute(type, data);
    }

    /// <summary>A number of 8 bits.</summary>
    public void Byte(int type, byte value) => Attribute(type, [value]);

    /// <summary>Begins an attribute that holds attributes.</summary>
    /// <returns>What <see cref="End"/> takes.</returns>
    public int Nest(int type)
    {
        var start = _length;
        var space = Take(4);
        BinaryPrimitives.WriteUInt16LittleEndian(space[2..], (ushort)(type | Nested));
        return start;
    }

    /// <summary>Ends an attribute that holds attributes; at most 65,535 bytes.</summary>
    public void End(int start) => BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(start), checked((ushort)(_length - start)));

    private void Finish()
    {
        if (_message >= 0) BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_message), _length - _message);
    }

    // Everything in netlink is padded to four bytes.
    private Span<byte> Take(int count)
    {
        var padded = (count + 3) & ~3;
        if (_length + padded > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + padded));
        var space = _buffer.AsSpan(_length, padded);
        space.Clear();
        _length += padded;
        return space[..count];
    }
}
