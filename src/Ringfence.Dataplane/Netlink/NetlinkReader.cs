using System.Buffers.Binary;
using System.Text;

namespace Ringfence.Dataplane.Netlink;

/// <summary>Walks the messages of one datagram.</summary>
internal ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    public NetlinkMessage Current { get; private set; }

    public readonly NetlinkReader GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < 16) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(_rest);
        if (length < 16 || length > _rest.Length) return false;
        Current = new NetlinkMessage(_rest[..length]);
        _rest = _rest[Math.Min(_rest.Length, (length + 3) & ~3)..];
        return true;
    }
}

/// <summary>One message, its header included.</summary>
internal readonly ref struct NetlinkMessage(ReadOnlySpan<byte> data)
{
    private const ushort ErrorType = 2;
    private const ushort DoneType = 3;
    private const int ErrorTextAttribute = 1;

    private readonly ReadOnlySpan<byte> _data = data;

    public ushort Type => BinaryPrimitives.ReadUInt16LittleEndian(_data[4..]);

    /// <summary>The type without its subsystem.</summary>
    public int Number => Type & 0xff;

    public int Subsystem => Type >> 8;

    public uint Sequence => BinaryPrimitives.ReadUInt32LittleEndian(_data[8..]);

    /// <summary>The port of the socket that caused it; 0 for the kernel.</summary>
    public uint Port => BinaryPrimitives.ReadUInt32LittleEndian(_data[12..]);

    public bool IsDone => Type == DoneType;

    /// <summary>Whether what is listed changed while it was listed.</summary>
    public bool IsInterrupted => (BinaryPrimitives.ReadUInt16LittleEndian(_data[6..]) & 0x10) != 0;

    /// <summary>An error, or an acknowledgement where <see cref="Error"/> is 0.</summary>
    public bool IsError => Type == ErrorType;

    /// <summary>The error number, positive.</summary>
    public int Error => -BinaryPrimitives.ReadInt32LittleEndian(_data[16..]);

    /// <summary>What the kernel says about the error; null where it says nothing.</summary>
    public string? ErrorText
    {
        get
        {
            // The request's header follows the number (capped acknowledgements), then attributes.
            if (_data.Length <= 36) return null;
            foreach (var attribute in new NetlinkAttributes(_data[36..]))
                if (attribute.Type == ErrorTextAttribute) return attribute.Text;
            return null;
        }
    }

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Payload => _data[16..];

    /// <summary>The attributes of a message of the netfilter family.</summary>
    public NetlinkAttributes NetfilterAttributes => new(_data.Length >= 20 ? _data[20..] : default);
}

/// <summary>Walks attributes.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public NetlinkAttribute Current { get; private set; }

    public readonly NetlinkAttributes GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < 4) return false;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < 4 || length > _rest.Length) return false;
        Current = new NetlinkAttribute(BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]) & 0x3fff, _rest[4..length]);
        _rest = _rest[Math.Min(_rest.Length, (length + 3) & ~3)..];
        return true;
    }

    /// <summary>The data of the first attribute of a type; empty where there is none.</summary>
    public readonly ReadOnlySpan<byte> Find(int type)
    {
        foreach (var attribute in this)
            if (attribute.Type == type) return attribute.Data;
        return default;
    }

    /// <summary>Whether there is an attribute of a type.</summary>
    public readonly bool Has(int type)
    {
        foreach (var attribute in this)
            if (attribute.Type == type) return true;
        return false;
    }

    /// <summary>The number of an attribute, in network order and of up to 32 bits; 0 where there is none.</summary>
    public readonly uint Number(int type)
    {
        var number = 0u;
        var digits = Find(type);
        for (var at = 0; at < Math.Min(digits.Length, 4); at++) number = (number << 8) | digits[at];
        return number;
    }

    /// <summary>The number of an attribute of 64 bits; 0 where there is none.</summary>
    public readonly ulong Wide(int type)
    {
        var digits = Find(type);
        return digits.Length < 8 ? 0 : BinaryPrimitives.ReadUInt64BigEndian(digits);
    }

    /// <summary>The text of an attribute; empty where there is none.</summary>
    public readonly string Text(int type) => Encoding.UTF8.GetString(Find(type).TrimEnd((byte)0));
}

/// <summary>An attribute.</summary>
internal readonly ref struct NetlinkAttribute(int type, ReadOnlySpan<byte> data)
{
    public int Type { get; } = type;

    public ReadOnlySpan<byte> Data { get; } = data;

    public NetlinkAttributes Nested => new(Data);

    public string Text => Encoding.UTF8.GetString(Data.TrimEnd((byte)0));

    public uint Big32 => BinaryPrimitives.ReadUInt32BigEndian(Data);

    public ulong Big64 => BinaryPrimitives.ReadUInt64BigEndian(Data);

    public ushort Big16 => BinaryPrimitives.ReadUInt16BigEndian(Data);
}
