using System.Collections.Immutable;
using System.Text;

namespace Ringfence.Model.Decoding;

// The status of a pod: its phase and addresses.
public sealed partial class PodBytes
{
    private const int MostAddresses = 8;

    // The API server knows more fields of a status; a pod with one of those is read in the other way.
    private static readonly FieldNames StatusFields = new("""
        phase conditions message reason nominatedNodeName hostIP hostIPs podIP podIPs startTime initContainerStatuses
        containerStatuses qosClass ephemeralContainerStatuses resize resourceClaimStatuses observedGeneration allocatedResources
        resources extendedResourceClaimStatus
        """.ReplaceLineEndings(" "));

    private static readonly FieldNames AddressFields = new("ip");

    private void Status(ref JsonCursor cursor)
    {
        ulong seen = 0;
        cursor.Take((byte)'{');
        while (cursor.NextField(StatusFields, ref seen) is { } field)
        {
            switch (field)
            {
                case "phase":
                    _phase = Phase(ref cursor);
                    break;
                case "podIP":
                    _singleAddress = ReadAddress(ref cursor);
                    break;
                case "podIPs":
                    AddressList(ref cursor, _addresses);
                    break;
                case "hostIP":
                    _singleHostAddress = ReadAddress(ref cursor);
                    break;
                case "hostIPs":
                    AddressList(ref cursor, _hostAddresses);
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }
    }

    private static PodPhase? Phase(ref JsonCursor cursor)
    {
        if (!cursor.PlainString(out var text)) return null;
        if (text.SequenceEqual("Running"u8)) return PodPhase.Running;
        if (text.SequenceEqual("Pending"u8)) return PodPhase.Pending;
        if (text.SequenceEqual("Succeeded"u8)) return PodPhase.Succeeded;
        if (text.SequenceEqual("Failed"u8)) return PodPhase.Failed;
        if (text.SequenceEqual("Unknown"u8)) return PodPhase.Unknown;
        cursor.Fail();
        return null;
    }

    private static Address? ReadAddress(ref JsonCursor cursor)
    {
        if (!cursor.PlainString(out var text) || text.IsEmpty) return null;
        if (ReadV4(text) is { } v4) return v4;
        Span<char> characters = stackalloc char[64];
        if (text.Length <= characters.Length && Encoding.ASCII.TryGetChars(text, characters, out var length)
            && Address.TryParse(characters[..length], out var address))
            return address;
        cursor.Fail();
        return null;
    }

    // The usual case; whatever it does not take, Address.TryParse judges.
    private static Address? ReadV4(ReadOnlySpan<byte> text)
    {
        uint value = 0;
        var octets = 0;
        for (var i = 0; octets < 4; i++)
        {
            uint octet = 0;
            var start = i;
            for (; i < text.Length && (uint)(text[i] - '0') <= 9 && i - start < 3; i++) octet = (octet * 10) + (uint)(text[i] - '0');
            if (i == start || octet > 255 || (i - start > 1 && text[start] == '0')) return null;
            value = (value << 8) | octet;
            octets++;
            if (octets == 4) return i == text.Length ? new Address(IpFamily.V4, value) : null;
            if (i >= text.Length || text[i] != '.') return null;
        }

        return null;
    }

    private static void AddressList(ref JsonCursor cursor, List<Address> addresses)
    {
        var isFirstItem = true;
        cursor.Take((byte)'[');
        while (cursor.NextItem(ref isFirstItem))
        {
            ulong seen = 0;
            cursor.Take((byte)'{');
            while (cursor.NextField(AddressFields, ref seen) is not null)
            {
                if (addresses.Count == MostAddresses) cursor.Fail();
                else if (ReadAddress(ref cursor) is { } address && !addresses.Contains(address)) addresses.Add(address);
            }
        }
    }

    private static ImmutableArray<Address> Addresses(List<Address> list, Address? single)
    {
        if (single is { } address && !list.Contains(address)) list.Add(address);
        return list.Count == 0 ? [] : [.. list];
    }

    // Pods of one node share its addresses.
    private ImmutableArray<Address> Hosts()
    {
        if (_hostAddresses.Count > 1 || (_hostAddresses.Count == 1 && _singleHostAddress is { } other && other != _hostAddresses[0]))
            return Addresses(_hostAddresses, _singleHostAddress);
        if ((_hostAddresses.Count == 1 ? _hostAddresses[0] : _singleHostAddress) is not { } only) return [];
        if (!_hosts.TryGetValue(only, out var known)) _hosts.Add(only, known = [only]);
        return known;
    }
}
