using System.Buffers.Binary;
using Ringfence.Model;

namespace Ringfence.Dataplane.Flows;

/// <summary>Addresses as packets and the kernel have them: 4 or 16 bytes in network order.</summary>
internal static class AddressBytes
{
    /// <summary>Reads an address of 4 or 16 bytes.</summary>
    public static Address Read(ReadOnlySpan<byte> data) => data.Length == 4
        ? new Address(IpFamily.V4, BinaryPrimitives.ReadUInt32BigEndian(data))
        : new Address(IpFamily.V6, BinaryPrimitives.ReadUInt128BigEndian(data));

    /// <summary>Writes an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="destination">At least 16 bytes.</param>
    /// <returns>The 4 or 16 bytes written.</returns>
    public static ReadOnlySpan<byte> Write(Address address, Span<byte> destination)
    {
        if (address.Family == IpFamily.V4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)address.Value);
            return destination[..4];
        }

        BinaryPrimitives.WriteUInt128BigEndian(destination, address.Value);
        return destination[..16];
    }
}
