using System.Collections.Immutable;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Netlink;
using Ringfence.Model;

namespace Ringfence.Dataplane.Flows;

/// <summary>The addresses of a namespace's own interfaces: traffic with them is not forwarded.</summary>
public static class OwnAddresses
{
    private const ushort GetAddress = 22;
    private const int NewAddress = 20;
    private const int AddressAttribute = 1;
    private const int LocalAttribute = 2;
    private const int HeaderLength = 8;
    private const int Interrupted = 4;

    /// <summary>Reads them.</summary>
    /// <remarks>rtnetlink(7). On a point-to-point link the far end's address is told beside its own.</remarks>
    public static ImmutableHashSet<Address> Read(NetworkNamespace network)
    {
        using var socket = NetlinkSocket.Open(network, NetlinkFamily.Route);
        var messages = new NetlinkMessages();
        ReadOnlySpan<byte> anyAddress = stackalloc byte[HeaderLength];
        while (true)
        {
            var found = ImmutableHashSet.CreateBuilder<Address>();
            messages.Clear();
            messages.Begin(GetAddress, NetlinkFlags.Request | NetlinkFlags.Dump);
            messages.Raw(anyAddress);
            try
            {
                socket.Dump(messages, "list addresses", message =>
                {
                    if (message.Type != NewAddress) return;
                    var attributes = new NetlinkAttributes(message.Payload[HeaderLength..]);
                    var own = attributes.Find(LocalAttribute);
                    if (own.IsEmpty) own = attributes.Find(AddressAttribute);
                    if (own.Length is 4 or 16) found.Add(AddressBytes.Read(own));
                });
                return found.ToImmutable();
            }
            catch (NetlinkException problem) when (problem.NativeErrorCode == Interrupted)
            {
                // Addresses changed meanwhile.
            }
        }
    }
}
