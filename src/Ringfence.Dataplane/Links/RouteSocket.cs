using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Netlink;
using Ringfence.Model;

namespace Ringfence.Dataplane.Links;

/// <summary>Changes and lists links, addresses, routes and neighbours of one network namespace. One thread at a time.</summary>
/// <remarks>rtnetlink(7).</remarks>
public sealed class RouteSocket : IDisposable
{
    private const int InterruptedError = 4;
    private const int MostTries = 10;
    private const byte MainTable = 254;

    private readonly NetlinkSocket _socket;

    private RouteSocket(NetlinkSocket socket) => _socket = socket;

    /// <summary>Opens a socket inside a namespace.</summary>
    /// <exception cref="NetlinkException">The kernel refuses.</exception>
    public static RouteSocket Open(NetworkNamespace network) => new(NetlinkSocket.Open(network, NetlinkFamily.Route));

    /// <summary>Makes all changes of a batch in order. One that fails does not hold up those behind it.</summary>
    /// <exception cref="NetlinkException">The kernel refused a change: the first that it refused.</exception>
    public void Commit(RouteBatch batch)
    {
        if (batch.Count == 0) return;
        // Refusals are told in any case, so one acknowledgement at the end is enough.
        batch.Messages.AddFlags(NetlinkFlags.Acknowledge);
        var last = batch.Messages.Sequence;
        _socket.Send(batch.Messages);
        NetlinkException? first = null;
        for (var ended = false; !ended;)
            foreach (var message in new NetlinkReader(_socket.Receive()))
            {
                if (!message.IsError) continue;
                if (message.Error != 0) first ??= new NetlinkException(message.Error, batch.StepAt(message.Sequence), message.ErrorText);
                ended |= message.Sequence == last;
            }

        if (first is not null) throw first;
    }

    /// <summary>The interfaces, by number.</summary>
    public ImmutableArray<LinkState> Links() => List(RouteMessage.GetLink, 16, message =>
    {
        var index = BinaryPrimitives.ReadInt32LittleEndian(message.Payload[4..]);
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(message.Payload[8..]);
        var attributes = new NetlinkAttributes(message.Payload[16..]);
        var master = attributes.Find(LinkAttribute.Master);
        var info = new NetlinkAttributes(attributes.Find(LinkAttribute.Info));
        return new LinkState(
            attributes.Text(LinkAttribute.Name), index, (flags & LinkFlag.Up) != 0,
            master.IsEmpty ? 0 : BinaryPrimitives.ReadInt32LittleEndian(master), info.Text(LinkAttribute.InfoKind) == "bridge",
            (flags & LinkFlag.Loopback) != 0);
    });

    /// <summary>The addresses of all interfaces.</summary>
    public ImmutableArray<LinkAddress> Addresses() => List(RouteMessage.GetAddress, 8, message =>
    {
        var attributes = new NetlinkAttributes(message.Payload[8..]);
        var local = attributes.Find(AddressAttributes.Local);
        var bytes = local.IsEmpty ? attributes.Find(AddressAttributes.Address) : local;
        return bytes.IsEmpty ? null : new LinkAddress(BinaryPrimitives.ReadInt32LittleEndian(message.Payload[4..]), Read(bytes), message.Payload[1]);
    });

    /// <summary>The routes of the main table that go to or by way of IP addresses.</summary>
    public ImmutableArray<Route> Routes() => List(RouteMessage.GetRoute, 12, message =>
    {
        var header = message.Payload;
        if (header[4] != MainTable || header[0] is not (2 or 10)) return null;
        var attributes = new NetlinkAttributes(header[12..]);
        var destination = attributes.Find(RouteAttribute.Destination);
        var gateway = attributes.Find(RouteAttribute.Gateway);
        var link = attributes.Find(RouteAttribute.OutInterface);
        var address = destination.IsEmpty ? Address.Min(header[0] == 2 ? IpFamily.V4 : IpFamily.V6) : Read(destination);
        return new Route(
            new Prefix(address, header[1]),
            link.IsEmpty ? 0 : BinaryPrimitives.ReadInt32LittleEndian(link),
            gateway.IsEmpty ? null : Read(gateway),
            (RouteKind)header[7]);
    });

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static Address Read(ReadOnlySpan<byte> bytes) => Address.From(new IPAddress(bytes));

    private ImmutableArray<T> List<T>(ushort type, int header, Converter<T> convert)
        where T : class
    {
        for (var tries = 1; ; tries++)
        {
            var found = ImmutableArray.CreateBuilder<T>();
            var request = new NetlinkMessages();
            request.Begin(type, NetlinkFlags.Request | NetlinkFlags.Dump);
            request.Raw(new byte[header]);
            try
            {
                _socket.Dump(request, "list the network", message =>
                {
                    if (convert(message) is { } item) found.Add(item);
                });
                return found.DrainToImmutable();
            }
            catch (NetlinkException interrupted) when (interrupted.NativeErrorCode == InterruptedError && tries < MostTries)
            {
                // What is listed changed meanwhile: list it anew.
            }
        }
    }

    private delegate T? Converter<T>(NetlinkMessage message);
}
