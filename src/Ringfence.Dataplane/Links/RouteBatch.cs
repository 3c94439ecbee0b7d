using System.Buffers.Binary;
using System.Net.NetworkInformation;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Netlink;
using Ringfence.Model;

namespace Ringfence.Dataplane.Links;

/// <summary>Changes of links, addresses, routes and neighbours, to be sent to the kernel at once by <see cref="RouteSocket"/>.</summary>
/// <remarks>rtnetlink(7).</remarks>
public sealed class RouteBatch
{
    private const NetlinkFlags Create = NetlinkFlags.Request | NetlinkFlags.Create | NetlinkFlags.Exclusive;

    private readonly List<string> _steps = [];

    /// <summary>Number of changes.</summary>
    public int Count => _steps.Count;

    internal NetlinkMessages Messages { get; } = new();

    /// <summary>A pair of joined interfaces; both are down.</summary>
    /// <param name="here">The end in the socket's namespace.</param>
    /// <param name="network">The other end's namespace, which is open until the batch is sent.</param>
    /// <param name="there">The other end.</param>
    public void AddVeth(NewLink here, NetworkNamespace network, NewLink there)
    {
        Begin(RouteMessage.NewLink, Create, $"make the interface pair {here.Name}, {there.Name}");
        LinkHeader(here.Index, 0, 0);
        LinkName(here);
        var info = Messages.Nest(LinkAttribute.Info);
        Messages.Text(LinkAttribute.InfoKind, "veth");
        var data = Messages.Nest(LinkAttribute.InfoData);
        var peer = Messages.Nest(LinkAttribute.VethPeer);
        LinkHeader(there.Index, 0, 0);
        LinkName(there);
        Messages.Host32(LinkAttribute.NetworkFile, (uint)network.Descriptor);
        Messages.End(peer);
        Messages.End(data);
        Messages.End(info);
    }

    /// <summary>A bridge; it is down.</summary>
    public void AddBridge(NewLink link)
    {
        Begin(RouteMessage.NewLink, Create, $"make the bridge {link.Name}");
        LinkHeader(link.Index, 0, 0);
        LinkName(link);
        var info = Messages.Nest(LinkAttribute.Info);
        Messages.Text(LinkAttribute.InfoKind, "bridge");
        Messages.End(info);
    }

    /// <summary>Plugs an interface into a bridge.</summary>
    public void SetBridge(int link, int bridge)
    {
        Begin(RouteMessage.NewLink, NetlinkFlags.Request, $"plug interface {link} into the bridge");
        LinkHeader(link, 0, 0);
        Messages.Host32(LinkAttribute.Master, (uint)bridge);
    }

    /// <summary>Switches an interface on.</summary>
    public void SetUp(int link)
    {
        Begin(RouteMessage.NewLink, NetlinkFlags.Request, $"switch interface {link} on");
        LinkHeader(link, LinkFlag.Up, LinkFlag.Up);
    }

    /// <summary>Takes an interface away; of a pair both ends.</summary>
    public void RemoveLink(string name)
    {
        Begin(RouteMessage.RemoveLink, NetlinkFlags.Request, $"remove the interface {name}");
        LinkHeader(0, 0, 0);
        Messages.Text(LinkAttribute.Name, name);
    }

    /// <summary>Gives an interface an address, in use at once (no duplicate address detection), without a route to its prefix where that is one address.</summary>
    public void AddAddress(int link, Address address, int length)
    {
        const uint NoDetection = 0x02;
        const uint NoPrefixRoute = 0x200;
        Begin(RouteMessage.NewAddress, Create, $"give interface {link} the address {address}/{length}");
        WriteAddress(link, address, length);
        Messages.Host32(AddressAttributes.Flags, NoDetection | (length == Address.Bits(address.Family) ? NoPrefixRoute : 0));
    }

    /// <summary>Takes an address from an interface.</summary>
    public void RemoveAddress(int link, Address address, int length)
    {
        Begin(RouteMessage.RemoveAddress, NetlinkFlags.Request, $"take the address {address}/{length} from interface {link}");
        WriteAddress(link, address, length);
    }

    /// <summary>Adds a route, or replaces the one to the same destination.</summary>
    public void SetRoute(Route route)
    {
        Begin(RouteMessage.NewRoute, NetlinkFlags.Request | NetlinkFlags.Create | NetlinkFlags.Replace, $"add the route to {route.Destination}");
        WriteRoute(route);
    }

    /// <summary>Takes a route away.</summary>
    public void RemoveRoute(Route route)
    {
        Begin(RouteMessage.RemoveRoute, NetlinkFlags.Request, $"remove the route to {route.Destination}");
        WriteRoute(route);
    }

    /// <summary>Tells for good which Ethernet address an address on a link has, so that it need not be asked for.</summary>
    public void SetNeighbour(int link, Address address, PhysicalAddress mac)
    {
        const ushort Permanent = 0x80;
        Begin(RouteMessage.NewNeighbour, NetlinkFlags.Request | NetlinkFlags.Create | NetlinkFlags.Replace, $"tell the Ethernet address of {address}");
        var header = (stackalloc byte[12]);
        header.Clear();
        header[0] = Family(address.Family);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], link);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], Permanent);
        Messages.Raw(header);
        AddressAttribute(NeighbourAttribute.Destination, address);
        Messages.Attribute(NeighbourAttribute.Mac, mac.GetAddressBytes());
    }

    /// <summary>What the change with a sequence number is.</summary>
    internal string StepAt(uint sequence) => sequence >= 1 && sequence <= _steps.Count ? _steps[(int)sequence - 1] : "change the network";

    internal static byte Family(IpFamily family) => family == IpFamily.V4 ? (byte)2 : (byte)10;

    private void Begin(ushort type, NetlinkFlags flags, string step)
    {
        Messages.Begin(type, flags);
        _steps.Add(step);
    }

    private void LinkHeader(int index, uint flags, uint change)
    {
        var header = (stackalloc byte[16]);
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], change);
        Messages.Raw(header);
    }

    private void LinkName(NewLink link)
    {
        Messages.Text(LinkAttribute.Name, link.Name);
        Messages.Attribute(LinkAttribute.Mac, link.Mac.GetAddressBytes());
    }

    private void WriteAddress(int link, Address address, int length)
    {
        var header = (stackalloc byte[8]);
        header.Clear();
        header[0] = Family(address.Family);
        header[1] = (byte)length;
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], link);
        Messages.Raw(header);
        AddressAttribute(AddressAttributes.Local, address);
        AddressAttribute(AddressAttributes.Address, address);
    }

    private void WriteRoute(Route route)
    {
        const byte MainTable = 254;
        const byte StaticProtocol = 4;
        const byte LinkScope = 253;
        const byte HostScope = 254;
        const uint OnLink = 4;
        var header = (stackalloc byte[12]);
        header.Clear();
        header[0] = Family(route.Destination.Family);
        header[1] = (byte)route.Destination.Length;
        header[4] = MainTable;
        header[5] = StaticProtocol;
        header[6] = route.Kind switch
        {
            RouteKind.Local => HostScope,
            RouteKind.Unicast when route.Gateway is null && route.Destination.Family == IpFamily.V4 => LinkScope,
            _ => 0,
        };
        header[7] = (byte)route.Kind;
        if (route.Gateway is { Family: IpFamily.V4 }) BinaryPrimitives.WriteUInt32LittleEndian(header[8..], OnLink);
        Messages.Raw(header);
        if (route.Destination.Length > 0) AddressAttribute(RouteAttribute.Destination, route.Destination.Address);
        if (route.Link > 0) Messages.Host32(RouteAttribute.OutInterface, (uint)route.Link);
        if (route.Gateway is { } gateway) AddressAttribute(RouteAttribute.Gateway, gateway);
    }

    private void AddressAttribute(int type, Address address) => Messages.Attribute(type, address.ToIPAddress().GetAddressBytes());
}
