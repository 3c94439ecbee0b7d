using System.Net.NetworkInformation;

namespace Ringfence.Dataplane.Links;

/// <summary>An interface that is to be made.</summary>
/// <param name="Name">Its name, at most 15 characters.</param>
/// <param name="Index">Its number, from 2; free in its namespace. Given beforehand, so that what follows can name it without asking.</param>
/// <param name="Mac">Its Ethernet address.</param>
public sealed record NewLink(string Name, int Index, PhysicalAddress Mac);

/// <summary>An interface that is there.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Index">Its number in its namespace.</param>
/// <param name="IsUp">Whether it is up.</param>
/// <param name="Master">The number of the bridge or the like that it is plugged into; 0 for none.</param>
/// <param name="IsBridge">Whether it is a bridge.</param>
/// <param name="IsLoopback">Whether it is the loopback.</param>
public sealed record LinkState(string Name, int Index, bool IsUp, int Master, bool IsBridge, bool IsLoopback);

/// <summary>An address of an interface.</summary>
/// <param name="Link">The interface's number.</param>
/// <param name="Address">The address.</param>
/// <param name="Length">The length of its prefix in bits.</param>
public sealed record LinkAddress(int Link, Model.Address Address, int Length);

/// <summary>What a route does with a packet.</summary>
public enum RouteKind : byte
{
    /// <summary>Sends it on.</summary>
    Unicast = 1,

    /// <summary>Takes it as its own.</summary>
    Local = 2,

    /// <summary>Refuses it: no way there.</summary>
    Unreachable = 7,
}

/// <summary>A route of the main table.</summary>
/// <param name="Destination">Where to.</param>
/// <param name="Link">The interface's number; 0 where the route sends nothing on.</param>
/// <param name="Gateway">The next router, taken to be on the link; null where the destination itself is.</param>
/// <param name="Kind">What it does.</param>
public sealed record Route(Model.Prefix Destination, int Link, Model.Address? Gateway = null, RouteKind Kind = RouteKind.Unicast);
