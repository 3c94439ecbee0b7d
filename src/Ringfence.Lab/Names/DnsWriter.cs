using System.Buffers.Binary;
using System.Text;
using Ringfence.Model;

namespace Ringfence.Lab.Names;

/// <summary>Writes a message; names that were written before are pointed to.</summary>
/// <remarks>RFC 1035, sections 4.1.3 and 4.1.4.</remarks>
internal sealed class DnsWriter
{
    private const int LongestMessage = 65535;
    private const int LastPointer = 0x3fff;
    private const ushort Internet = 1;

    // Short, so that a lab that changes is seen to change.
    private const uint TimeToLive = 5;

    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private byte[] _bytes = new byte[512];

    /// <summary>How much is written.</summary>
    public int Length { get; private set; }

    /// <summary>Whether it is longer than any message can be.</summary>
    public bool IsTooLong => Length > LongestMessage;

    /// <summary>The message.</summary>
    public byte[] ToArray() => _bytes.AsSpan(0, Length).ToArray();

    /// <summary>Writes a number of two bytes.</summary>
    public void Number(int value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), (ushort)value);

    /// <summary>Writes bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Says that a name is already in the message.</summary>
    public void Remember(string name, int position) => _names.TryAdd(name, position);

    /// <summary>Writes a record.</summary>
    public void Record(NamedRecord named)
    {
        Name(named.Name);
        Number((int)named.Record.Type);
        Number(Internet);
        BinaryPrimitives.WriteUInt32BigEndian(Take(4), TimeToLive);
        var start = Length;
        Number(0);
        Data(named.Record);
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(start), (ushort)(Length - start - 2));
    }

    private void Data(DnsRecord record)
    {
        switch (record)
        {
            case AddressRecord { Address: var address }:
                Raw(address.ToIPAddress().GetAddressBytes());
                break;
            case NameRecord { Target: var target }:
                Name(target);
                break;
            case ServiceRecord service:
                // RFC 2782: the target is not compressed.
                Number(0);
                Number(service.Weight);
                Number(service.Port);
                Name(service.Target, compress: false);
                break;
            case TextRecord { Text: var text }:
                Label(text);
                break;
            case ZoneRecord zone:
                Name(zone.Server);
                Name(zone.Mailbox);
                foreach (var value in (ReadOnlySpan<uint>)[1, 7200, 1800, 86400, TimeToLive]) BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);
                break;
        }
    }

    private void Name(string name, bool compress = true)
    {
        while (name.Length > 0)
        {
            if (compress && _names.TryGetValue(name, out var known))
            {
                Number(0xc000 | known);
                return;
            }

            if (Length <= LastPointer) Remember(name, Length);
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            Label(dot < 0 ? name : name[..dot]);
            name = dot < 0 ? "" : name[(dot + 1)..];
        }

        Take(1)[0] = 0;
    }

    private void Label(string text)
    {
        Take(1)[0] = (byte)text.Length;
        Encoding.Latin1.GetBytes(text, Take(text.Length));
    }

    private Span<byte> Take(int length)
    {
        if (Length + length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + length));
        var taken = _bytes.AsSpan(Length, length);
        Length += length;
        return taken;
    }
}
