namespace Ringfence.Dataplane.Links;

/// <summary>Message types (<c>linux/rtnetlink.h</c>).</summary>
internal static class RouteMessage
{
    public const ushort NewLink = 16;
    public const ushort RemoveLink = 17;
    public const ushort GetLink = 18;
    public const ushort NewAddress = 20;
    public const ushort GetAddress = 22;
    public const ushort RemoveAddress = 21;
    public const ushort NewRoute = 24;
    public const ushort RemoveRoute = 25;
    public const ushort GetRoute = 26;
    public const ushort NewNeighbour = 28;
}

/// <summary>Attributes of links (<c>linux/if_link.h</c>, <c>linux/veth.h</c>).</summary>
internal static class LinkAttribute
{
    public const int Mac = 1;
    public const int Name = 3;
    public const int Master = 10;
    public const int Info = 18;
    public const int InfoKind = 1;
    public const int InfoData = 2;
    public const int VethPeer = 1;
    public const int NetworkFile = 28;
}

/// <summary>Flags of links (<c>linux/if.h</c>).</summary>
internal static class LinkFlag
{
    public const uint Up = 1;
    public const uint Loopback = 8;
}

/// <summary>Attributes of addresses (<c>linux/if_addr.h</c>).</summary>
internal static class AddressAttributes
{
    public const int Address = 1;
    public const int Local = 2;
    public const int Flags = 8;
}

/// <summary>Attributes of routes (<c>linux/rtnetlink.h</c>).</summary>
internal static class RouteAttribute
{
    public const int Destination = 1;
    public const int OutInterface = 4;
    public const int Gateway = 5;
}

/// <summary>Attributes of neighbours (<c>linux/neighbour.h</c>).</summary>
internal static class NeighbourAttribute
{
    public const int Destination = 1;
    public const int Mac = 2;
}
