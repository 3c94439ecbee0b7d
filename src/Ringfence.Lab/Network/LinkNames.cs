using System.Globalization;
using System.Net.NetworkInformation;
using Ringfence.Dataplane.Links;

namespace Ringfence.Lab.Network;

/// <summary>Names, numbers and Ethernet addresses of a lab's interfaces.</summary>
internal static class LinkNames
{
    /// <summary>What a pod, a node and the outside call their way out.</summary>
    public const string Out = "eth0";

    /// <summary>The number of every namespace's loopback.</summary>
    public const int Loopback = 1;

    /// <summary>The number of <see cref="Out"/>, and of the underlay's bridge.</summary>
    public const int First = 2;

    /// <summary>The Ethernet address of a node's end of every pod's link: nobody else is on it.</summary>
    public static readonly PhysicalAddress Gateway = new([0xee, 0xee, 0xee, 0xee, 0xee, 0xee]);

    /// <summary>The Ethernet address of a pod.</summary>
    public static readonly PhysicalAddress Pod = new([0x02, 0x72, 0x66, 0, 0, 1]);

    /// <summary>The way out of a pod.</summary>
    public static NewLink PodLink { get; } = new(Out, First, Pod);

    /// <summary>The way out of a node, or of the outside.</summary>
    /// <param name="number">The node's number; 0 for the outside.</param>
    public static NewLink UnderlayLink(int number) => new(Out, First, UnderlayMac(number));

    /// <summary>The Ethernet address of a node on the underlay, or of the outside.</summary>
    public static PhysicalAddress UnderlayMac(int number) => new([0x02, 0x72, 0x66, 1, 0, (byte)number]);

    /// <summary>The bridge's end of a node's link.</summary>
    public static NewLink Port(int number) =>
        new(string.Create(CultureInfo.InvariantCulture, $"port{number}"), First + 1 + number, new PhysicalAddress([0x02, 0x72, 0x66, 2, 0, (byte)number]));
}
