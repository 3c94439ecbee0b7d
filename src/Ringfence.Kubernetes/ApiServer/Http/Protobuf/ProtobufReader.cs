using System.Buffers.Binary;

namespace Ringfence.Kubernetes.ApiServer.Http.Protobuf;

/// <summary>Reads the fields of a message off the wire.</summary>
/// <remarks>https://protobuf.dev/programming-guides/encoding/</remarks>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The number of the field that was read.</summary>
    public int Number { get; private set; }

    /// <summary>Its value where it is a number.</summary>
    public long Value { get; private set; }

    /// <summary>Its value where it is a text, bytes or a message.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Reads the next field; false at the end.</summary>
    /// <exception cref="ApiException">The bytes are no message.</exception>
    public bool Read()
    {
        if (_rest.IsEmpty) return false;
        var tag = Varint();
        (Number, Value) = ((int)(tag >> 3), 0);
        Content = default;
        if (Number <= 0) throw Malformed();
        switch (tag & 7)
        {
            case 0:
                Value = (long)Varint();
                break;
            case 1:
                Value = BinaryPrimitives.ReadInt64LittleEndian(Take(8));
                break;
            case 2:
                var length = Varint();
                Content = Take(length <= (ulong)_rest.Length ? (int)length : throw Malformed());
                break;
            case 5:
                Value = BinaryPrimitives.ReadInt32LittleEndian(Take(4));
                break;
            default:
                throw Malformed();
        }

        return true;
    }

    /// <summary>The refusal of what is no message.</summary>
    public static ApiException Malformed() => Refusal.BadRequest("the body is no protobuf message that can be read");

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_rest.IsEmpty) break;
            var next = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }

        throw Malformed();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw Malformed();
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
